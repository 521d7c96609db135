import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { sendSignal } from '../../base/process-group.ts';

/** A running service, as a mark names it. Null: this system does not show it. */
export interface ServiceIdentity {
  /** Of this run of the service: another one after a restart. */
  readonly instance: string;
  readonly host: string;
  /** Changes when the machine starts again. */
  readonly bootId: string | null;
  /** Containers of one machine have namespaces of their own: equal pids in two of them are two processes. */
  readonly pidNamespace: string | null;
  readonly pid: number;
  /** Clock ticks between the start of the machine and that of the process: a pid can be given again. */
  readonly startTicks: string | null;
  readonly stateDir: string;
}

export function identityOf(stateDir: string): ServiceIdentity {
  return {
    instance: randomUUID(),
    host: hostname(),
    bootId: shown(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    pidNamespace: shown(() => readlinkSync('/proc/self/ns/pid')),
    pid: process.pid,
    startTicks: startTicksOf(process.pid),
    stateDir,
  };
}

/**
 * Whether another service has surely ended: it ran on this machine, since its last start, and its process is
 * gone. False where that cannot be known from here; then only its heartbeat tells.
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

/** Field 22 of `/proc/PID/stat`; the second field, a name in brackets, may hold blanks. */
function startTicksOf(pid: number): string | null {
  return shown(() => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  });
}

function shown(read: () => string | null): string | null {
  try {
    return read();
  } catch {
    return null; // not Linux, or the process has ended
  }
}
