import { inspectMovie } from '../../formats/open.ts';
import type { Inspection } from './watch.ts';

/** Completeness by structure. What cannot even be opened is hopeless here: processing it tells why. */
export async function inspectFile(path: string): Promise<Inspection> {
  try {
    const found = await inspectMovie(path);
    if (found.complete) return { complete: true };
    return { complete: false, hopeless: !found.mayGrow };
  } catch {
    return { complete: false, hopeless: true };
  }
}
