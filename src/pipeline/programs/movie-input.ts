import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../contract/errors.ts';
import { dosePerFrame } from '../../engine/motion/dose.ts';
import { type PixelValues, pixelValues, sampleFrame } from '../../engine/motion/pixel-values.ts';
import { readSource } from '../../engine/motion/source.ts';
import type { AlignRequest } from '../../engine/ports.ts';
import type { MovieStructure } from '../../formats/movie.ts';
import { openMovie } from '../../formats/open.ts';
import { asNumbers, frameBytes } from '../../formats/pixels.ts';
import type { Workspace } from '../adapter.ts';
import { alignWarnings } from '../finding-texts.ts';

/**
 * A movie for an external program. The service opens it first, because RELION does not detect a truncated
 * movie.
 */
export interface MovieInput {
  readonly structure: MovieStructure;
  /** Warnings from the reader, and about the settings of an EER file. */
  readonly warnings: readonly string[];
  /** Its frame numbers and doses are those of the aligned frames: for an EER file, of the fractions. */
  readonly request: AlignRequest;
  /** Number of frames that throw and trunc do not exclude. */
  readonly usedFrames: number;
  /** 1-based. */
  readonly firstFrame: number;
  readonly lastFrame: number;
  /** Dose per aligned frame, e/A^2. */
  readonly doseEA2: number | null;
}

/**
 * @param minFrames - required by the program
 * @throws CodedError MOVIE_*, TOO_FEW_FRAMES, DOSE_CONTRADICTION
 */
export function readMovieInput(
  originalRequest: AlignRequest,
  program: string,
  minFrames: number,
): MovieInput {
  const { structure, request, findings } = readSource(originalRequest);
  const { throwFrames, truncFrames } = request;
  const usedFrames = structure.frames - throwFrames - truncFrames;
  if (usedFrames < minFrames)
    throw new CodedError(
      'TOO_FEW_FRAMES',
      `The movie has ${structure.frames} frames; throw is ${throwFrames}, trunc ${truncFrames}, and ${program} needs ${minFrames}.`,
    );
  return {
    structure,
    warnings: [...structure.warnings, ...alignWarnings(findings)],
    request,
    usedFrames,
    firstFrame: throwFrames + 1,
    lastFrame: throwFrames + usedFrames,
    doseEA2: dosePerFrame(request.dosePerFrameEA2, request.totalDoseEA2, structure.frames),
  };
}

/** Kind of the pixel values, from the first used frame. */
export function pixelValuesOf({ structure, request, firstFrame }: MovieInput): PixelValues {
  if (structure.eer) return 'counts';
  const reader = openMovie(request.moviePath);
  try {
    const frame = new Uint8Array(frameBytes(reader));
    reader.readFrame(firstFrame - 1, frame);
    return pixelValues([sampleFrame(asNumbers(frame, reader.pixelType))]);
  } finally {
    reader.close();
  }
}

/**
 * Files under simple names in the work directory: programs recognise formats by extension, and fail on spaces
 * and long paths.
 */
export class Links {
  readonly #workDir: string;
  readonly #entries: [string, string][] = [];

  constructor({ workDir }: Workspace) {
    this.#workDir = workDir;
  }

  add(path: string, name: string): string {
    symlinkSync(path, join(this.#workDir, name));
    this.#entries.push([path, name]);
    return name;
  }

  /** The links, so that a user can repeat the command line of a record. */
  get entries(): readonly (readonly [path: string, name: string])[] {
    return this.#entries;
  }
}

/**
 * Shifts or coefficients that a program applies, converted to motion of the content relative to the first
 * used frame; without negative zeros.
 */
export function asMotion(shiftsToApply: readonly (readonly [number, number])[]): [number, number][] {
  const [x0, y0] = shiftsToApply[0] ?? [0, 0];
  return shiftsToApply.map(([x, y]) => [x0 - x, y0 - y]);
}
