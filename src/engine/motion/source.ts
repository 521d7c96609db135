import type { EerOptions } from '../../formats/eer/grouping.ts';
import type { MovieStructure } from '../../formats/movie.ts';
import { type MovieOptions, openMovie } from '../../formats/open.ts';
import type { AlignRequest } from '../ports.ts';

/** What a movie is when it is read frame by frame, and the request in its terms. */
export interface MovieSource {
  readonly structure: MovieStructure;
  /** As every thread must open it. */
  readonly options: MovieOptions;
  /** Pixel size, binning and doses of the frames that are read: of an EER file, of its fractions. */
  readonly request: AlignRequest;
}

/** More than this in all, e/A^2, nobody gives to a specimen: the dose of a fraction was taken for that of a camera frame. */
export const INCREDIBLE_DOSE_EA2 = 300;

/** @throws CodedError of the reader */
export function readSource(request: AlignRequest): MovieSource {
  const options: MovieOptions = { eer: wishesOf(request) };
  const structure = structureOf(request.moviePath, options);
  if (!structure.eer) return { structure, options, request };
  const { upsampling, framesPerFraction, cameraFrames } = structure.eer;
  const scaled = (dose: number | null, factor: number) => (dose === null ? null : dose * factor);
  const used = structure.frames * framesPerFraction;
  return {
    structure: { ...structure, warnings: [...structure.warnings, ...doubts(request, cameraFrames)] },
    options,
    request: {
      ...request,
      pixelSizeA: request.pixelSizeA / upsampling,
      binning: request.binning * upsampling,
      dosePerFrameEA2: scaled(request.dosePerFrameEA2, framesPerFraction),
      totalDoseEA2: scaled(request.totalDoseEA2, used / cameraFrames),
    },
  };
}

function wishesOf({ eer, dosePerFrameEA2, totalDoseEA2 }: AlignRequest): EerOptions {
  return { ...eer, dosePerFrameEA2, totalDoseEA2 };
}

function doubts(request: AlignRequest, cameraFrames: number): string[] {
  const { dosePerFrameEA2, totalDoseEA2, binning, eer } = request;
  const total = (dosePerFrameEA2 ?? 0) * cameraFrames;
  const isBlind =
    dosePerFrameEA2 === null && totalDoseEA2 === null && (eer?.dosePerFractionEA2 ?? null) !== null;
  return [
    ...(isBlind ? ['The dose per fraction cannot be met while the dose of the movie is not known.'] : []),
    ...(total > INCREDIBLE_DOSE_EA2
      ? [
          `The dose per frame makes ${total.toPrecision(3)} e/A^2 in all: of an EER file it is that of one camera frame, of which there are ${cameraFrames}.`,
        ]
      : []),
    ...(binning > 1
      ? ['The micrograph is binned below the pixel of the sensor: EER needs no superresolution.']
      : []),
  ];
}

function structureOf(path: string, options: MovieOptions): MovieStructure {
  const reader = openMovie(path, options);
  try {
    const { format, width, height, frames, pixelType, pixelSizeA, warnings, eer } = reader;
    return {
      ...{ format, width, height, frames, pixelType, pixelSizeA, warnings },
      ...(eer ? { eer } : {}),
    };
  } finally {
    reader.close();
  }
}
