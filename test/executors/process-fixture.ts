import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Executor, Handle, Submission } from '../../src/executors/executor.ts';

/**
 * `exit`: ends at once; `wait`: runs until `letContinue`; `stubborn`: also ignores SIGTERM; `family`: also
 * starts a child that ignores SIGTERM. `heartbeats`: like `wait`, and sends heartbeats; `frozen`: sends one,
 * then stops itself with SIGSTOP; `blocked`: sends one, then makes a call that never returns.
 */
export type Action = 'exit' | 'wait' | 'stubborn' | 'family' | 'heartbeats' | 'frozen' | 'blocked';

/** Heartbeat timeout of workers that send heartbeats, ms. */
export const HEARTBEAT_TIMEOUT_MS = 1500;
const SENDING_HEARTBEATS: ReadonlySet<Action> = new Set(['heartbeats', 'frozen', 'blocked']);

/** Submits batches for the conformance suite and returns their state. */
export interface BatchFixture {
  /** Submits a batch to the executor. The batch performs the action and ends with this exit code. */
  submitBatch(executor: Executor, name: string, action: Action, code?: number): Promise<Handle>;
  /** Lets waiting batches continue. */
  letContinue(): void;
  /** `start NAME` and `end NAME`, in order; `SIGTERM NAME` if a worker received it. */
  events(): string[];
  /** Whether the worker of a batch, or its child, is running. */
  isRunning(name: string, role?: 'worker' | 'child'): boolean;
}

export const STUB_WORKER = [process.execPath, fileURLToPath(new URL('./stub-worker.mjs', import.meta.url))];

/** Runs batches as real processes: the command of the executor must be `STUB_WORKER`. */
export class ProcessFixture implements BatchFixture {
  private readonly directory: string;

  /** @param directory - unique to this test: processes are found by tokens that contain part of its name */
  constructor(directory: string) {
    this.directory = directory;
  }

  submission(name: string, batch: object): Submission {
    mkdirSync(this.directory, { recursive: true });
    const batchPath = join(this.directory, `${name}.json`);
    writeFileSync(batchPath, JSON.stringify(batch));
    const token = `${name}-${this.directory.slice(-6)}`;
    return { batchPath, token, logPath: join(this.directory, 'logs', `${name}.log`) };
  }

  submitBatch(executor: Executor, name: string, action: Action, code = 0): Promise<Handle> {
    const submission = this.submission(name, { stub: { folder: this.directory, action, code } });
    const limit = SENDING_HEARTBEATS.has(action) ? { heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS } : {};
    return executor.submit({ ...submission, ...limit });
  }

  letContinue(): void {
    writeFileSync(join(this.directory, 'continue'), '');
  }

  events(): string[] {
    const path = join(this.directory, 'events');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  }

  isRunning(name: string, role: 'worker' | 'child' = 'worker'): boolean {
    return isRunning(this.pidOf(name, role));
  }

  pidOf(name: string, role: 'worker' | 'child' = 'worker'): number {
    const file = `${name}.${role === 'worker' ? 'pid' : 'child'}`;
    return Number(readFileSync(join(this.directory, file), 'utf8'));
  }
}

/** False for a process that has ended, even if its parent has not waited for it. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (!existsSync('/proc/self/stat')) return true;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}
