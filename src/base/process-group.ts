import { hasErrorCode } from './errors.ts';

/**
 * Sends a signal to a process, or to a whole group where the id is negative. Signal 0 only looks whether it
 * is there.
 * @returns false where it is gone already
 * @throws the system's error, EPERM where it belongs to another user
 */
export function sendSignal(id: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(id, signal);
  } catch (error) {
    if (hasErrorCode(error, 'ESRCH')) return false;
    throw error;
  }
}
