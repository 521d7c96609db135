import type { MovieMetadata } from '../contract/metadata.ts';
import { readMovieMetadata } from '../formats/movie-metadata.ts';
import { type Run, withinOf } from './run.ts';

/** Metadata of the movie, for the record. It never fails a movie: unreadable metadata gives a warning. */
export function metadataOf(run: Run): { metadata?: MovieMetadata } {
  const { rawDir } = run.order;
  const { path } = run.movie;
  try {
    const metadata = readMovieMetadata(rawDir, path, withinOf(run.order).movie);
    return metadata ? { metadata } : {};
  } catch (error) {
    run.warnings.push(`metadata: ${(error as Error).message}`);
    return {};
  }
}
