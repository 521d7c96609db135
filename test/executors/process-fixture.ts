import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Executor, Handle, Submission } from '../../src/executors/executor.ts';

/**
 * `exit`: at once; `hold`: until it is released; `stubborn`: ignores SIGTERM; `family`: starts a child that
 * ignores it.
 */
export type Action = 'exit' | 'hold' | 'stubborn' | 'family';

/** Batches for the conformance suite, and their state. */
export interface BatchFixture {
  /** Submits a batch to the executor that acts as given and ends with this exit code. */
  give(executor: Executor, name: string, action: Action, code?: number): Promise<Handle>;
  /** Lets held batches continue. */
  release(): void;
  /** `start NAME` and `end NAME`, in order; `SIGTERM NAME` if a worker received it. */
  events(): string[];
  /** Whether the worker of a batch runs, or its child. */
  isRunning(name: string, who?: 'worker' | 'child'): boolean;
}

export const STUB_WORKER = [process.execPath, fileURLToPath(new URL('./stub-worker.mjs', import.meta.url))];

/** Real processes: each batch is run by `stub-worker.mjs`, the command of its executor. */
export class ProcessFixture implements BatchFixture {
  private readonly directory: string;

  /** @param directory - unique to this test: its name is part of the tokens, by which processes are found */
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

  give(executor: Executor, name: string, action: Action, code = 0): Promise<Handle> {
    return executor.submit(this.submission(name, { stub: { marks: this.directory, action, code } }));
  }

  release(): void {
    writeFileSync(join(this.directory, 'release'), '');
  }

  events(): string[] {
    const path = join(this.directory, 'events');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  }

  isRunning(name: string, who: 'worker' | 'child' = 'worker'): boolean {
    return isRunning(this.pidOf(name, who));
  }

  pidOf(name: string, who: 'worker' | 'child' = 'worker'): number {
    const file = `${name}.${who === 'worker' ? 'pid' : 'child'}`;
    return Number(readFileSync(join(this.directory, file), 'utf8'));
  }
}

/** False for a process that has ended, also if its parent has not waited for it. */
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
