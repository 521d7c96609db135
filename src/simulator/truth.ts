import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { writeJsonBelow } from '../base/below.ts';
import { parseJson } from '../base/json.ts';
import { LocatedError } from '../base/located-error.ts';
import { unlessMissing } from '../base/missing-file.ts';
import type { FaultKind } from './faults.ts';
import type { LocalTruth } from './local-motion.ts';

/** The true values of one simulated movie. */
export interface MovieTruth {
  /** 1-based, in the order of acquisition. */
  readonly number: number;
  /** Relative to the session directory, with slashes. */
  readonly path: string;
  /** Name without `_fractions` and extension. */
  readonly base: string;
  readonly acquiredAt: string;
  readonly format: 'tiff' | 'mrc' | 'eer';
  /** EER only: camera frames per frame of the movie. */
  readonly eerFramesPerFraction?: number;
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly pixelSizeA: number;
  readonly voltageKv: number;
  readonly csMm: number;
  readonly amplitudeContrast: number;
  readonly phaseShiftDeg: number;
  /** Angstrom, positive = underfocus, U >= V. */
  readonly defocusUA: number;
  readonly defocusVA: number;
  /** Target defocus, micrometres, positive = underfocus. Absent from sessions of earlier versions. */
  readonly targetDefocusUm?: number;
  /** Stage position, [x, y, z] in micrometres. Absent from sessions of earlier versions. */
  readonly stageUm?: readonly [number, number, number];
  /** From the centre of the hole, in the unit of the metadata. Absent from sessions of earlier versions. */
  readonly beamShift?: readonly [number, number];
  /** Degrees from x to defocus U towards y, which grows upwards, -90..90. */
  readonly defocusAngleDeg: number;
  readonly dosePerFrameEA2: number;
  readonly totalDoseEA2: number;
  /** Electrons per pixel per frame, before the detector's sensitivity. */
  readonly electronsPerPixelFrame: number;
  /**
   * Motion of the content relative to the first frame, [x, y] in pixels, y upwards, one per frame: the mean
   * over the field.
   */
  readonly shiftsPixels: readonly (readonly [number, number])[];
  /**
   * Local motion in addition to `shiftsPixels`; null: the frame moves as a whole. Absent from sessions of
   * earlier versions.
   */
  readonly localMotion?: LocalTruth | null;
  readonly particles: number;
  readonly iceRing: number;
  /** The fault that was added on purpose; null: no fault. */
  readonly fault: FaultKind | null;
  /** Size of the file, bytes. */
  readonly bytes: number;
}

/** The true values of a simulated session: `truth.json` in the session directory. */
export interface SessionTruth {
  readonly version: 1;
  readonly seed: number;
  readonly width: number;
  readonly height: number;
  /** The gain reference; null if the movies need none. */
  readonly gain: {
    /** Relative to the session directory. */
    readonly path: string;
    /** Size of the file; differs from the size of the movies if a wrong size was requested. */
    readonly width: number;
    readonly height: number;
  } | null;
  /** [x, y, counts per frame]; y counts from the bottom. */
  readonly hotPixels: readonly (readonly [number, number, number])[];
  /** [x, y]. */
  readonly deadPixels: readonly (readonly [number, number])[];
  readonly movies: readonly MovieTruth[];
  /** False while the microscope is running, or if it was stopped early. */
  readonly finished: boolean;
}

export const TRUTH_FILE = 'truth.json';
/** A session may have any number of movies, so the size of the file is not limited. */
const NO_LIMITS = { depth: Number.POSITIVE_INFINITY, values: Number.POSITIVE_INFINITY };

/** Replaces the file atomically. */
export const writeTruth = (path: string, truth: SessionTruth): Promise<void> =>
  writeJsonBelow(dirname(path), path, truth);

/** @returns null if there is no such file @throws LocatedError if the file is of another version or format */
export async function readTruth(path: string): Promise<SessionTruth | null> {
  const text = await unlessMissing(readFile(path, 'utf8'), null);
  if (text === null) return null;
  const truth = parseJson(text, path, NO_LIMITS);
  if (isTruth(truth)) return truth;
  throw new LocatedError('not written by this simulator', { source: path, expected: 'version 1' });
}

/** Checks only the version, and that there is a list of movies. */
const isTruth = (value: unknown): value is SessionTruth =>
  typeof value === 'object' &&
  value !== null &&
  'version' in value &&
  value.version === 1 &&
  'movies' in value &&
  Array.isArray(value.movies);
