import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Ending, Executor, Handle } from '../../../src/executors/executor.ts';
import { untilEnded } from '../../support/ending.ts';
import { TEST_TIMEOUT_MS } from '../../support/test-timeout.ts';
import { type Action, type BatchFixture, ProcessFixture, STUB_WORKER } from '../process-fixture.ts';

/** What a test of an executor must provide for the suite. */
export interface ExecutorHarness {
  /**
   * Creates an executor. All executors of a test belong to one service: each must find the batches of the
   * previous one. `command`: program and arguments before the path of the batch; absent: the real
   * `cryoem process` of this checkout.
   */
  create(options: { slots: number; command?: readonly string[] }): Promise<Executor>;
  /** Whether jobs continue without the service, and the next service finds them. */
  readonly outlivesService: boolean;
  /** The batches of an executor that starts no processes. Tests that need processes are then skipped. */
  fixture?(directory: string): BatchFixture;
}

export const WAIT = { timeout: TEST_TIMEOUT_MS, interval: 20 };

/** The executor under test, its batches and the endings that it reported. */
export class Suite {
  readonly hasProcesses: boolean;
  directory = '';
  fixture!: BatchFixture;
  executor!: Executor;
  endings: { token: string; ending: Ending }[] = [];
  private readonly harness: ExecutorHarness;

  constructor(harness: ExecutorHarness) {
    this.harness = harness;
    this.hasProcesses = harness.fixture === undefined;
  }

  open(): void {
    this.directory = mkdtempSync(join(tmpdir(), 'cryoem-executor-'));
    this.fixture = this.harness.fixture?.(this.directory) ?? new ProcessFixture(this.directory);
    this.endings = [];
  }

  async close(): Promise<void> {
    await this.executor.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  start = async (slots: number, command: readonly string[] | null = STUB_WORKER): Promise<void> => {
    this.executor = await this.harness.create(command ? { slots, command } : { slots });
    this.executor.onEnded((token, ending) => this.endings.push({ token, ending }));
  };

  submit = (batch: string, action: Action, code = 0): Promise<Handle> =>
    this.fixture.submitBatch(this.executor, batch, action, code);

  untilStarted = (...batches: string[]): Promise<void> =>
    vi.waitFor(() => {
      for (const batch of batches) expect(this.fixture.events()).toContain(`start ${batch}`);
    }, WAIT);

  stateOf = async (handle: Handle) => (await this.executor.poll([handle])).get(handle.token)?.state;

  untilState = (handle: Handle, state: string): Promise<void> =>
    vi.waitFor(async () => expect(await this.stateOf(handle)).toBe(state), WAIT);

  endOf = (handle: Handle): Promise<Ending> => untilEnded(this.executor, handle, WAIT);
}

export const copyOf = (handle: Handle): Handle => JSON.parse(JSON.stringify(handle));

/** Maximum number of batches that ran at once, from the lines `start X` and `end X`. */
export function maxParallel(events: readonly string[]): number {
  let running = 0;
  let highest = 0;
  for (const event of events) {
    running += event.startsWith('start') ? 1 : event.startsWith('end') ? -1 : 0;
    highest = Math.max(highest, running);
  }
  return highest;
}
