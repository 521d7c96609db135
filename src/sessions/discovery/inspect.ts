import { realpathSync } from 'node:fs';
import { inspectMovie } from '../../formats/open.ts';
import type { Inspection } from './watch.ts';

/**
 * Completeness by structure. A file that cannot even be opened counts as hopeless: processing it reports the
 * error.
 * @param root - of the session; absent: any file. A file that has become a link out of it is not opened.
 */
export async function inspectFile(path: string, root?: string): Promise<Inspection> {
  try {
    const found = await inspectMovie(path, root === undefined ? undefined : realpathSync(root));
    if (found.complete) return { complete: true };
    return { complete: false, hopeless: !found.mayGrow };
  } catch {
    return { complete: false, hopeless: true };
  }
}
