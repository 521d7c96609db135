import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { sendSignal } from '../../base/process-group.ts';
import { TOKEN_VARIABLE } from '../../contract/executors.ts';

/**
 * Finds and ends the processes of a batch. Every worker has its token in the environment, which its child
 * processes inherit, so they are found also after a restart of the service and if they have left the process
 * group. Without /proc (macOS), only the process group is known.
 */

const POLL_MS = 25;
const HAS_PROC = existsSync('/proc/self/environ');

/** Process ids by token, of all processes with one. Zombies have none. */
export function processesByToken(): Map<string, number[]> {
  const found = new Map<string, number[]>();
  for (const name of HAS_PROC ? readdirSync('/proc') : []) {
    if (!/^\d+$/.test(name)) continue;
    const token = tokenOf(name);
    if (token === null) continue;
    found.set(token, [...(found.get(token) ?? []), Number(name)]);
  }
  return found;
}

/**
 * Stops all processes of a batch: SIGTERM, and SIGKILL after `graceMs`. Resolves when none is running.
 * @param pid - leader of the batch's process group, which is all that is known without /proc
 */
export async function endProcesses(token: string, graceMs: number, pid: number | null): Promise<void> {
  const left = () => (HAS_PROC ? (processesByToken().get(token) ?? []) : groupOf(pid));
  for (const target of left()) sendSignal(target, 'SIGTERM');
  const killAtMs = performance.now() + graceMs;
  for (;;) {
    const targets = left();
    if (targets.length === 0) return;
    if (performance.now() >= killAtMs) for (const target of targets) sendSignal(target, 'SIGKILL');
    await sleep(POLL_MS);
  }
}

function tokenOf(pid: string): string | null {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const entry = entries.find((line) => line.startsWith(`${TOKEN_VARIABLE}=`));
    return entry ? entry.slice(TOKEN_VARIABLE.length + 1) : null;
  } catch {
    return null; // another user's process, or already gone
  }
}

/** The process group of a leader as a target for signals, while it has members. */
const groupOf = (pid: number | null): number[] => (pid !== null && sendSignal(-pid, 0) ? [-pid] : []);
