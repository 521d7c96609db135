import { join } from 'node:path';
import { fileCall } from '../base/file-calls.ts';
import { assertNoLink, assertSeparateFolders } from '../pipeline/check-output-folders.ts';
import type { SessionPaths } from './names.ts';

/**
 * Called before anything is written: checks that a session's folders for outputs and workflow are not links
 * and are separate from its movies, and that the subfolders of the service are not links.
 * @throws CodedError UNSAFE_DIRECTORY; the file system's error
 */
export async function assertSafeFolders(paths: SessionPaths): Promise<void> {
  const { root, raw, workflow, processed, results } = paths;
  await fileCall(root, raw, () => assertSeparateFolders(raw, [workflow, processed]));
  for (const folder of [results, join(processed, '.tmp'), join(processed, 'references')])
    await fileCall(root, folder, () => assertNoLink(folder));
}
