import { basename, join } from 'node:path';
import type { Boundary } from '../base/real-path.ts';
import type { MovieMetadata } from '../contract/metadata.ts';
import type { MovieStructure } from '../formats/movie.ts';
import { readMovieMetadata } from '../formats/movie-metadata.ts';
import { inspectMovie } from '../formats/open.ts';

/** A value of a movie, and the file that it was read from. */
export interface SourcedValue {
  readonly value: number;
  /** Its name in sentences, such as `its header` or `pos_1.tif.mdoc`. */
  readonly source: string;
}

/** Values of a movie in its header and in the metadata of the microscope; null: not given. */
export interface MovieValues {
  readonly format: MovieStructure['format'];
  /** Size in pixels; for an EER file, that of the sensor. */
  readonly width: number;
  readonly height: number;
  /** Number of frames; for an EER file, of camera frames. */
  readonly frames: number;
  /** All that are known: metadata and header may contradict each other. */
  readonly pixelSizesA: readonly SourcedValue[];
  readonly voltageKv: SourcedValue | null;
  /** On the specimen, for the entire movie, e/A^2. */
  readonly doseEA2: SourcedValue | null;
  readonly exposureSeconds: number | null;
  readonly isSuperResolution: boolean | null;
  /** Name of the gain reference in the metadata, and the metadata file. */
  readonly gainReference: { readonly name: string; readonly source: string } | null;
}

/**
 * @param raw - folder to which `movie` is relative
 * @returns null if the movie cannot be read, which is reported when the movie itself is processed
 */
export function readMovieValues(raw: string, movie: string, within: Boundary): MovieValues | null {
  const found = inspectMovie(join(raw, movie), within);
  return found.complete ? valuesOf(found.structure, metadataIfReadable(raw, movie, within)) : null;
}

/** Metadata that cannot be read cause a warning when they are added to the record. */
function metadataIfReadable(raw: string, movie: string, within: Boundary): MovieMetadata | null {
  try {
    return readMovieMetadata(raw, movie, within);
  } catch {
    return null;
  }
}

function valuesOf(structure: MovieStructure, metadata: MovieMetadata | null): MovieValues {
  const { format, width, height, frames, pixelSizeA, eer } = structure;
  const upsampling = eer?.upsampling ?? 1;
  const cameraFrames = eer?.cameraFrames ?? frames;
  const file = metadata === null ? '' : basename(metadata.file);
  const inFile = (value: number | null | undefined) => (value ? [{ value, source: file }] : []);
  const dose = metadata?.doseEA2 ?? (metadata?.dosePerFrameEA2 ?? 0) * cameraFrames;
  return {
    format,
    width: width / upsampling,
    height: height / upsampling,
    frames: cameraFrames,
    pixelSizesA: [
      ...inFile(metadata?.pixelSizeA),
      ...(pixelSizeA === null ? [] : [{ value: pixelSizeA, source: 'its header' }]),
    ],
    voltageKv: inFile(metadata?.voltageKv)[0] ?? null,
    doseEA2: inFile(dose)[0] ?? null,
    exposureSeconds: metadata?.exposureSeconds ?? null,
    // The upsampling of EER files is a parameter, whatever the mode of the camera.
    isSuperResolution: format === 'eer' ? null : (metadata?.superResolution ?? null),
    gainReference: metadata?.gainReference ? { name: metadata.gainReference, source: file } : null,
  };
}
