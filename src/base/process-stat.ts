import { readFileSync } from 'node:fs';

/**
 * The fields of `/proc/PID/stat` after the name of the process, from its state (field 3) on; null if there is
 * no such process, or no /proc. The name, in brackets, may contain spaces and brackets.
 */
export function processStat(pid: number): readonly string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
