import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { sendSignal } from '../../base/process-group.ts';
import { processStat } from '../../base/process-stat.ts';

/** Identity of a running service in an owner mark. A value is null if this system does not provide it. */
export interface ServiceIdentity {
  /** Unique to this process of the service. */
  readonly instance: string;
  readonly host: string;
  /** Changes when the machine is rebooted. */
  readonly bootId: string | null;
  /**
   * Containers on one machine have separate namespaces: the same pid in two namespaces means different
   * processes.
   */
  readonly pidNamespace: string | null;
  readonly pid: number;
  /** Clock ticks from the start of the machine to the start of the process, because a pid can be reused. */
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
 * Whether another service has certainly ended: it was started on this machine after the last boot, and its
 * process no longer exists. False if this cannot be determined; then only its heartbeat shows whether it is
 * running.
 */
export function hasCertainlyEnded(other: ServiceIdentity, thisService: ServiceIdentity): boolean {
  const sharesPids =
    other.bootId !== null &&
    other.bootId === thisService.bootId &&
    other.pidNamespace === thisService.pidNamespace &&
    other.startTicks !== null;
  return sharesPids && (!doesProcessExist(other.pid) || startTicksOf(other.pid) !== other.startTicks);
}

function doesProcessExist(pid: number): boolean {
  try {
    return sendSignal(pid, 0);
  } catch {
    return true; // the process belongs to another user
  }
}

/** Field 22 of `/proc/PID/stat`. */
const startTicksOf = (pid: number): string | null => processStat(pid)?.[19] ?? null;

function valueOrNull(read: () => string | null): string | null {
  try {
    return read();
  } catch {
    return null; // not Linux
  }
}
