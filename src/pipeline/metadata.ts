import type { MovieMetadata } from '../contract/metadata.ts';
import { readMovieMetadata } from '../formats/movie-metadata.ts';
import { boundariesOf, type Run } from './run.ts';

/** Metadata of the movie, for the record. Metadata that cannot be read cause a warning, not a failure. */
export function metadataOf(run: Run): { metadata?: MovieMetadata } {
  const { rawDir } = run.batch;
  const { path } = run.movie;
  try {
    const metadata = readMovieMetadata(rawDir, path, boundariesOf(run.batch).movie);
    return metadata ? { metadata } : {};
  } catch (error) {
    run.warnings.push(`metadata: ${(error as Error).message}`);
    return {};
  }
}
