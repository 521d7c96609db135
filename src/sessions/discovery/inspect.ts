import type { Boundary } from '../../base/real-path.ts';
import { inspectMovie } from '../../formats/open.ts';
import type { Inspection } from './watch.ts';

/**
 * Completeness by structure. A file that cannot even be opened counts as hopeless: processing it reports the
 * error.
 * @param within - a file that has become a link out of these folders is not opened; absent: any file
 */
export async function inspectFile(path: string, within?: Boundary): Promise<Inspection> {
  try {
    const found = await inspectMovie(path, within);
    if (found.complete) return { complete: true };
    return { complete: false, hopeless: !found.mayGrow };
  } catch {
    return { complete: false, hopeless: true };
  }
}
