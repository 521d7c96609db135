import type { Boundary } from '../../base/real-path.ts';
import { inspectMovie } from '../../formats/open.ts';
import type { Inspection } from './watched-file.ts';

/**
 * Checks whether a file is complete according to its structure. A file that cannot be opened counts as one
 * that cannot become complete: the error is reported when it is processed.
 * @param within - a file that has become a link to a target outside these folders is not opened; absent: any
 * file is opened
 */
export async function inspectFile(path: string, within?: Boundary): Promise<Inspection> {
  try {
    const found = await inspectMovie(path, within);
    if (found.complete) return { complete: true };
    return { complete: false, mayBecomeComplete: found.mayGrow };
  } catch {
    return { complete: false, mayBecomeComplete: false };
  }
}
