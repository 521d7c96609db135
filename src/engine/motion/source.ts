import type { EerOptions } from '../../formats/eer/grouping.ts';
import type { MovieStructure } from '../../formats/movie.ts';
import { type MovieOptions, openMovie } from '../../formats/open.ts';
import type { AlignFinding } from '../findings.ts';
import type { AlignRequest } from '../ports.ts';

/** A movie that is read frame by frame, and the request converted to its frames and pixels. */
export interface MovieSource {
  readonly structure: MovieStructure;
  /** Parameters with which every thread must open the movie. */
  readonly options: MovieOptions;
  /** Pixel size, binning and doses of the frames that are read: for an EER file, of its fractions. */
  readonly request: AlignRequest;
  readonly findings: readonly AlignFinding[];
}

/**
 * Maximum plausible total dose, e/A^2: above it, the dose of a fraction was probably given as that of a
 * camera frame.
 */
export const MAX_PLAUSIBLE_DOSE_EA2 = 300;

/** @throws CodedError of the reader */
export function readSource(request: AlignRequest): MovieSource {
  const options: MovieOptions = { eer: eerOptionsOf(request), within: request.within?.movie };
  const structure = structureOf(request.moviePath, options);
  if (!structure.eer) return { structure, options, request, findings: [] };
  const { upsampling, framesPerFraction, cameraFrames } = structure.eer;
  const scaleDose = (dose: number | null, factor: number) => (dose === null ? null : dose * factor);
  const usedCameraFrames = structure.frames * framesPerFraction;
  return {
    structure,
    options,
    request: {
      ...request,
      pixelSizeA: request.pixelSizeA / upsampling,
      binning: request.binning * upsampling,
      dosePerFrameEA2: scaleDose(request.dosePerFrameEA2, framesPerFraction),
      totalDoseEA2: scaleDose(request.totalDoseEA2, usedCameraFrames / cameraFrames),
    },
    findings: eerFindings(request, cameraFrames),
  };
}

function eerOptionsOf({ eer, dosePerFrameEA2, totalDoseEA2 }: AlignRequest): EerOptions {
  return { ...eer, dosePerFrameEA2, totalDoseEA2 };
}

function eerFindings(request: AlignRequest, cameraFrames: number): AlignFinding[] {
  const { dosePerFrameEA2, totalDoseEA2, binning, eer } = request;
  const findings: AlignFinding[] = [];
  const isDoseUnknown = dosePerFrameEA2 === null && totalDoseEA2 === null;
  if (isDoseUnknown && (eer?.dosePerFractionEA2 ?? null) !== null)
    findings.push({ kind: 'eer-dose-missing' });
  const total = (dosePerFrameEA2 ?? 0) * cameraFrames;
  if (total > MAX_PLAUSIBLE_DOSE_EA2)
    findings.push({ kind: 'eer-dose-too-high', totalDoseEA2: total, cameraFrames });
  if (binning > 1) findings.push({ kind: 'eer-binned' });
  return findings;
}

function structureOf(path: string, options: MovieOptions): MovieStructure {
  const reader = openMovie(path, options);
  try {
    const { format, width, height, frames, pixelType, pixelSizeA, warnings, canBeMisread, eer } = reader;
    return {
      format,
      width,
      height,
      frames,
      pixelType,
      pixelSizeA,
      warnings,
      ...(canBeMisread ? { canBeMisread } : {}),
      ...(eer ? { eer } : {}),
    };
  } finally {
    reader.close();
  }
}
