import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CodedError } from '../../contract/errors.ts';

/**
 * Holds the state directory for one service. The lock is the file system's, through SQLite: the kernel lets
 * it go when the process ends in whatever way, so there is no stale lock to clear by hand.
 * @returns how to let go
 * @throws CodedError CANNOT_START where another service holds it
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
