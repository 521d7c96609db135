import { inspectMovie } from '../../formats/open.ts';
import type { Inspection } from './watch.ts';

/** What may still become a whole movie when more bytes arrive. */
const MAY_GROW = new Set(['MOVIE_EMPTY', 'MOVIE_TRUNCATED']);

/** Completeness by structure. What cannot even be opened is hopeless here: processing it tells why. */
export async function inspectFile(path: string): Promise<Inspection> {
  try {
    const found = await inspectMovie(path);
    if (found.complete) return { complete: true };
    return { complete: false, hopeless: !found.empty && !MAY_GROW.has(found.code) };
  } catch {
    return { complete: false, hopeless: true };
  }
}
