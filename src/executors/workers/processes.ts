import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasErrorCode } from '../../base/errors.ts';
import { sendSignal } from '../../base/process-group.ts';
import { processStat } from '../../base/process-stat.ts';
import { TOKEN_VARIABLE } from '../../contract/executors.ts';

/**
 * Finds and ends the processes of a batch. Every worker has the token of its batch in its environment, which
 * its child processes inherit, so they are found even after a restart of the service and if they have left
 * the process group. Without /proc (macOS), only the process group is known.
 */

const POLL_MS = 25;
/** A process that still exists this long after SIGKILL is blocked in the kernel by a device or server. */
const UNKILLABLE_MS = 10_000;
const HAS_PROC = existsSync('/proc/self/environ');

/** Ids of all processes with a token, by token. Zombies have no token. */
export function processesByToken(): Map<string, number[]> {
  const pidsByToken = new Map<string, number[]>();
  for (const name of HAS_PROC ? readdirSync('/proc') : []) {
    if (!/^\d+$/.test(name)) continue;
    const token = tokenOf(name);
    if (token === null) continue;
    pidsByToken.set(token, [...(pidsByToken.get(token) ?? []), Number(name)]);
  }
  return pidsByToken;
}

/**
 * Stops all processes of a batch: SIGTERM, then SIGKILL after `graceMs`. Resolves when none is running, or if
 * one that waits for a file system cannot be ended even by SIGKILL; it no longer executes anything.
 * @param pid - leader of the batch's process group; without /proc, only this group is known
 * @returns whether none is running
 */
export async function endProcesses(token: string, graceMs: number, pid: number | null): Promise<boolean> {
  const found = new Set<number>();
  const findTargets = () => {
    const targets = HAS_PROC ? (processesByToken().get(token) ?? []) : groupOf(pid);
    for (const target of targets) found.add(target);
    return targets;
  };
  for (const target of findTargets()) sendSignal(target, 'SIGTERM');
  const killAtMs = performance.now() + graceMs;
  for (;;) {
    const targets = findTargets();
    if (targets.length === 0 && ![...found].some(isExiting)) return true;
    if (performance.now() >= killAtMs + UNKILLABLE_MS) return false;
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
    return null; // another user's process, or one that has already ended
  }
}

/**
 * Whether a process has released its memory, and with it its token, but not yet its files: freeing gigabytes
 * takes a while.
 */
function isExiting(pid: number): boolean {
  const state = processStat(pid)?.[0];
  return state !== undefined && state !== 'Z' && state !== 'X' && !hasEnvironment(pid);
}

/** Also true for a process of another user, whose environment cannot be read. */
function hasEnvironment(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`).length > 0;
  } catch (error) {
    return !hasErrorCode(error, 'ESRCH', 'ENOENT');
  }
}

/** The process group of a leader, as a target for signals; empty if the group has no members. */
const groupOf = (pid: number | null): number[] => (pid !== null && sendSignal(-pid, 0) ? [-pid] : []);
