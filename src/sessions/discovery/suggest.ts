import { join } from 'node:path';
import { inspectMovie } from '../../formats/open.ts';
import type { Suggestion } from './messages.ts';

/** Values to begin a form with, read in and beside one movie of the session; each names its source. */
export async function suggestFrom(raw: string, movie: string): Promise<Record<string, Suggestion>> {
  const path = join(raw, movie);
  const found = await inspectMovie(path);
  const pixelSizeA = found.complete ? found.structure.pixelSizeA : null;
  return pixelSizeA === null ? {} : { apix: { value: pixelSizeA, source: `header of ${movie}` } };
}
