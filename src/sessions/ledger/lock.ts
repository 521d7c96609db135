import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CodedError } from '../../contract/errors.ts';

/**
 * Locks the state directory for one service, with a file system lock through SQLite. The kernel releases this
 * lock when the process ends, for whatever reason, so that no stale lock has to be removed by hand.
 * @returns a function that releases the lock
 * @throws CodedError CANNOT_START if another service holds it
 */
export function lockStateDir(stateDir: string): () => void {
  const lock = new DatabaseSync(join(stateDir, 'lock.sqlite'));
  try {
    lock.exec('PRAGMA busy_timeout = 0; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw new CodedError(
      'CANNOT_START',
      `Another service uses the state directory ${stateDir}: stop it, or set state_dir in [general].`,
      { file: stateDir },
      { cause: error },
    );
  }
  return () => lock.close();
}
