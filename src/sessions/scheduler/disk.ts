import { access, constants, statfs } from 'node:fs/promises';
import { ERRORS, type ErrorCode } from '../../contract/errors.ts';
import type { Context } from '../context.ts';
import type { SessionPaths } from '../names.ts';
import type { Session } from '../session.ts';
import { signal } from '../states/signal.ts';

/** Work goes on after a full disk once so much is free: some movies' outputs, or this part of a small disk. */
const ENOUGH_BYTES = 1024 ** 3;
const ENOUGH_PART = 0.1;

/**
 * What keeps outputs from being written; null where nothing does.
 * @throws the file system's error where the session is not there
 */
export async function diskFault(paths: SessionPaths): Promise<'DISK_FULL' | 'OUTPUT_NOT_WRITABLE' | null> {
  const { bavail, blocks, bsize } = await statfs(paths.root);
  if (bavail * bsize < Math.min(ENOUGH_BYTES, ENOUGH_PART * blocks * bsize)) return 'DISK_FULL';
  for (const path of [paths.root, paths.workflow, paths.processed, paths.results])
    if (!(await isWritable(path))) return 'OUTPUT_NOT_WRITABLE';
  return null;
}

/** The session waits until its disk takes outputs again; the scheduler tries now and then. */
export function awaitDisk(context: Context, session: Session, code: ErrorCode, detail = ''): void {
  const { clock, tuning } = context;
  session.heldUntilMs = clock.monotonicMs() + tuning.diskFullMs;
  session.awaitsDisk = true;
  const { text, remedy } = ERRORS[code];
  signal(context, session, 'cannot_go_on', `${detail || text} ${remedy}`);
}

/** A folder that is not there yet is made in one that is. */
async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK | constants.X_OK);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
