import { access, constants, statfs } from 'node:fs/promises';
import { hasErrorCode } from '../../base/errors.ts';
import { fileCall } from '../../base/file-calls.ts';
import { exists } from '../../base/missing-file.ts';
import { ERRORS, type ErrorCode } from '../../contract/errors.ts';
import { assertSafeFolders } from '../check-folders.ts';
import type { Context } from '../context.ts';
import type { SessionPaths } from '../names.ts';
import type { Session } from '../session.ts';

/**
 * After the disk was full, processing continues once there is this much free space: enough for the outputs of
 * some movies, or a fraction of a small disk.
 */
const MIN_FREE_BYTES = 1024 ** 3;
const MIN_FREE_FRACTION = 0.1;

/** False if the session was removed: it must not be created again as an empty folder. */
export const sessionExists = ({ paths: { root } }: Session): Promise<boolean> =>
  fileCall(root, root, () => exists(root));

/**
 * The reason why outputs cannot be written; null if they can.
 * @throws the file system's error if the session does not exist
 */
export async function diskProblem(paths: SessionPaths): Promise<'DISK_FULL' | 'OUTPUT_NOT_WRITABLE' | null> {
  const { root } = paths;
  const { bavail, blocks, bsize } = await fileCall(root, root, () => statfs(root));
  if (bavail * bsize < Math.min(MIN_FREE_BYTES, MIN_FREE_FRACTION * blocks * bsize)) return 'DISK_FULL';
  for (const path of [paths.root, paths.workflow, paths.processed, paths.results])
    if (!(await fileCall(root, path, () => isWritable(path)))) return 'OUTPUT_NOT_WRITABLE';
  return null;
}

/** Makes the session wait until its disk accepts outputs again; the scheduler checks this at intervals. */
export function awaitDisk({ tuning }: Context, session: Session, code: ErrorCode, detail = ''): void {
  session.holdOffs.awaitDisk(tuning.diskFullMs);
  const { text, remedy } = ERRORS[code];
  const { state, reason } = session.lifecycle;
  // Calls for different files of a disk fail with different details: the first is kept.
  if (state === 'processing_failure' && reason?.startsWith(text)) return;
  session.lifecycle.signal('failed', `${detail || text} ${remedy}`);
}

/** Checks whether the disk accepts outputs again. */
export async function checkDisk({ tuning }: Context, session: Session): Promise<void> {
  session.holdOffs.holdFor(tuning.diskFullMs);
  if ((await diskProblem(session.paths)) !== null) return;
  await assertSafeFolders(session.paths);
  session.holdOffs.onDiskRecovered();
  session.lifecycle.signal('recovered');
}

/** Also true for a missing folder, which will be created in an existing one. */
async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    return hasErrorCode(error, 'ENOENT');
  }
}
