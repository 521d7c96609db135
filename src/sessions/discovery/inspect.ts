import { inspectMovie } from '../../formats/open.ts';
import type { Inspection } from './watch.ts';

/**
 * Checks by its structure whether a file is complete. A file that cannot even be opened counts as hopeless:
 * the error is reported when it is processed.
 */
export async function inspectFile(path: string): Promise<Inspection> {
  try {
    const found = await inspectMovie(path);
    if (found.complete) return { complete: true };
    return { complete: false, hopeless: !found.mayGrow };
  } catch {
    return { complete: false, hopeless: true };
  }
}
