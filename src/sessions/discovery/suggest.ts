import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { MovieMetadata } from '../../contract/metadata.ts';
import type { MovieStructure } from '../../formats/movie.ts';
import { readMovieMetadata } from '../../formats/movie-metadata.ts';
import { inspectMovie } from '../../formats/open.ts';
import type { Suggestion, Suggestions } from './messages.ts';

/** Values to begin a form with, read beside and in one movie of the session; each names its source. */
export function suggestFrom(raw: string, movie: string): Suggestions {
  const metadata = readMovieMetadata(raw, movie);
  const found = inspectMovie(join(raw, movie));
  const structure = found.complete ? found.structure : null;
  return {
    values: { ...fromHeader(structure, movie), ...(metadata ? fromMetadata(raw, movie, metadata) : {}) },
    instrument: instrumentOf(structure, metadata),
  };
}

function instrumentOf(structure: MovieStructure | null, metadata: MovieMetadata | null): string | null {
  if (structure === null) return null;
  const { format, width, height } = structure;
  const { program = null, detector = null, voltageKv = null } = metadata ?? {};
  return JSON.stringify([
    program,
    detector,
    voltageKv === null ? null : round(voltageKv),
    format,
    width,
    height,
  ]);
}

function fromHeader(structure: MovieStructure | null, movie: string): Record<string, Suggestion> {
  const pixelSizeA = structure?.pixelSizeA ?? null;
  return pixelSizeA === null ? {} : { apix: { value: round(pixelSizeA), source: `header of ${movie}` } };
}

function fromMetadata(raw: string, movie: string, metadata: MovieMetadata): Record<string, Suggestion> {
  const { pixelSizeA, voltageKv, doseEA2, dosePerFrameEA2, superResolution } = metadata;
  const beside = (name: string | null) => {
    const path = name === null ? null : join(dirname(movie), name);
    return path !== null && statSync(join(raw, path), { throwIfNoEntry: false })?.isFile() ? path : null;
  };
  const values = {
    apix: pixelSizeA === null ? null : round(pixelSizeA),
    kev: voltageKv === null ? null : round(voltageKv),
    // One of the two: a dose that is given twice must agree to the last digit.
    fmdose: dosePerFrameEA2 === null ? null : round(dosePerFrameEA2),
    dose: doseEA2 === null || dosePerFrameEA2 !== null ? null : round(doseEA2),
    superresolution: superResolution ? true : null,
    rawgainref: beside(metadata.gainReference),
    rawdefectsmap: beside(metadata.defectFile),
  };
  const source = `${metadata.program}'s ${metadata.file}`;
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === null ? [] : [[name, { value, source }]])),
  );
}

/** To six digits: more is noise of unit conversions. */
const round = (value: number): number => Number(value.toPrecision(6));
