import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { sendSignal } from '../../base/process-group.ts';

/** Identity of a running service in an owner mark. Null: not available on this system. */
export interface ServiceIdentity {
  /** Unique to this run of the service. */
  readonly instance: string;
  readonly host: string;
  /** Changes when the machine starts again. */
  readonly bootId: string | null;
  /**
   * Containers on one machine have separate namespaces: equal pids in two of them are different processes.
   */
  readonly pidNamespace: string | null;
  readonly pid: number;
  /** Clock ticks between the start of the machine and that of the process: a pid can be reused. */
  readonly startTicks: string | null;
  readonly stateDir: string;
}

export function identityOf(stateDir: string): ServiceIdentity {
  return {
    instance: randomUUID(),
    host: hostname(),
    bootId: valueOrNull(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: valueOrNull(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    startTicks: startTicksOf(process.pid),
    stateDir,
  };
}

/**
 * Whether another service has certainly ended: it ran on this machine since its last boot, and its process
 * does not exist. False if unknown; its heartbeat is then the only evidence.
 */
export function hasSurelyEnded(other: ServiceIdentity, here: ServiceIdentity): boolean {
  const sharesPids =
    other.bootId !== null &&
    other.bootId === here.bootId &&
    other.pidNamespace === here.pidNamespace &&
    other.startTicks !== null;
  return sharesPids && (!exists(other.pid) || startTicksOf(other.pid) !== other.startTicks);
}

function exists(pid: number): boolean {
  try {
    return sendSignal(pid, 0);
  } catch {
    return true; // it belongs to another user
  }
}

/** Field 22 of `/proc/PID/stat`; the second field, a name in brackets, may contain spaces. */
function startTicksOf(pid: number): string | null {
  return valueOrNull(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  });
}

function valueOrNull(read: () => string | null): string | null {
  try {
    return read();
  } catch {
    return null; // not Linux, or the process has ended
  }
}
