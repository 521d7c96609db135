import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { MovieMetadata } from '../../contract/metadata.ts';
import { PARAMETER_TABLE, type ParameterValue } from '../../contract/parameters.ts';
import type { MovieStructure } from '../../formats/movie.ts';
import { readMovieMetadata } from '../../formats/movie-metadata.ts';
import { inspectMovie } from '../../formats/open.ts';
import { realFoldersOf } from './link-rules.ts';
import type { Suggestion, Suggestions } from './messages.ts';

/**
 * Initial values for the start form from one movie of the session and its metadata, each with its source.
 */
export function suggestFrom(raw: string, movie: string, linkRoots: readonly string[] = []): Suggestions {
  const session = realFoldersOf({ root: dirname(raw), linkRoots });
  const metadata = readMovieMetadata(raw, movie, session);
  const inspection = inspectMovie(join(raw, movie), session);
  const structure = inspection.complete ? inspection.structure : null;
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
  const source = `${metadata.program}'s ${metadata.file}`;
  const suggestions: Record<string, Suggestion> = {};
  for (const { name, metadata: field, insteadOf } of PARAMETER_TABLE) {
    // Of two alternative parameters only one is suggested, because both would have to agree exactly.
    if (field === undefined || (insteadOf !== undefined && insteadOf in suggestions)) continue;
    const value = asParameter(metadata[field], dirname(movie), raw);
    if (value !== null) suggestions[name] = { value, source };
  }
  return suggestions;
}

/**
 * Converts a field of the metadata to the value of a parameter; null if the field is missing.
 * @param folder - of the movie, relative to raw
 */
function asParameter(value: unknown, folder: string, raw: string): ParameterValue | null {
  if (typeof value === 'number') return round(value);
  if (value === true) return true;
  if (typeof value !== 'string') return null;
  const path = join(folder, value);
  return statSync(join(raw, path), { throwIfNoEntry: false })?.isFile() ? path : null;
}

/** Rounds to six digits: further digits are rounding errors of unit conversions. */
const round = (value: number): number => Number(value.toPrecision(6));
