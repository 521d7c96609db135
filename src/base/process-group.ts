import { hasErrorCode } from './errors.ts';

/**
 * Sends a signal to a process, or to a process group if the id is negative. Signal 0 only checks whether the
 * process exists.
 * @returns false if the process no longer exists
 * @throws RangeError for 0 and -1, which mean the group of this process and all processes; the system's
 * error, EPERM if the process belongs to another user
 */
export function sendSignal(id: number, signal: NodeJS.Signals | 0): boolean {
  if (!Number.isInteger(id) || id === 0 || id === -1)
    throw new RangeError(`${id} is not the id of a process`);
  try {
    return process.kill(id, signal);
  } catch (error) {
    if (hasErrorCode(error, 'ESRCH')) return false;
    throw error;
  }
}
