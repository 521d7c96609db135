import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { expect, vi } from 'vitest';
import type { Ending, Executor, Handle } from '../../../src/executors/executor.ts';
import { createSlurmExecutor } from '../../../src/executors/slurm/executor.ts';
import type { SlurmSettings } from '../../../src/executors/slurm/settings.ts';
import { untilEnded } from '../ending.ts';
import { TEST_TIMEOUT_MS } from '../test-timeout.ts';
import { type Cluster, settingsFor } from './cluster.ts';

export const WAIT = { timeout: TEST_TIMEOUT_MS, interval: 50 };
const WORKER = [process.execPath, resolve('test/support/slurm/worker.mjs')];

/** Report of a worker when it starts. */
export interface StartReport {
  name: string;
  gpu?: string;
  jobLocation: { cluster: string; jobId: string; node: string; restart: number };
  greeting?: string;
  threads: string;
  pid: number;
}

/** An executor on a real cluster, whose batches are run by `worker.mjs`, with helpers for tests. */
export class SlurmHarness {
  readonly directory = mkdtempSync(join(tmpdir(), 'cryoem-slurm-test-'));
  executor!: Executor;
  private settings!: SlurmSettings;
  private readonly cluster: Cluster;

  constructor(cluster: Cluster) {
    this.cluster = cluster;
  }

  create(changes: Partial<SlurmSettings> = {}): Executor {
    this.settings = settingsFor(this.cluster, { command: WORKER, ...changes });
    this.executor = createSlurmExecutor(this.settings);
    return this.executor;
  }

  /** Ends the service while its jobs continue, and starts another service. */
  async restart(): Promise<void> {
    await this.executor.release();
    this.executor = createSlurmExecutor(this.settings);
  }

  async end(): Promise<void> {
    await this.executor?.close();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /**
   * Submits a batch. `wait`: it runs until `letContinue`; `allocate`: it also allocates 0.5 GiB; `report`: it
   * ends immediately.
   * @param name - beginning of the token, which is unique to this harness, so that its processes can be found
   */
  async submitBatch(name: string, action: 'wait' | 'allocate' | 'report'): Promise<Handle> {
    const token = `${name}-${basename(this.directory).slice(-6)}`;
    const batchPath = join(this.directory, `${name}.json`);
    writeFileSync(batchPath, JSON.stringify({ slurm: { folder: this.directory, action } }));
    return this.executor.submit({ batchPath, token, logPath: join(this.directory, 'logs', `${token}.log`) });
  }

  letContinue(): void {
    writeFileSync(join(this.directory, 'continue'), '');
  }

  /** Reports of all workers so far. */
  starts(): StartReport[] {
    const path = join(this.directory, 'events');
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line));
  }

  /** Waits until this number of workers have started. */
  untilStarted = (count: number) =>
    vi.waitFor(() => expect(this.starts().length).toBeGreaterThanOrEqual(count), WAIT);

  async stateOf(handle: Handle): Promise<string> {
    return (await this.executor.poll([handle])).get(handle.token)!.state;
  }

  /** Waits until the batch has ended. Returns how it ended. */
  endOf = (handle: Handle): Promise<Ending> => untilEnded(this.executor, handle, WAIT);

  /** Waits until the executor reports a matching problem of the batch. */
  untilProblemReported = (pattern: RegExp, handle: Handle) =>
    vi.waitFor(() => expect(this.executor.problems([handle]).join('\n')).toMatch(pattern), WAIT);

  /**
   * Makes a requeued job start soon. Slurm would wait two minutes, and a node refuses a job that has just
   * been cancelled there.
   */
  async startAgainSoon({ jobId, node }: StartReport['jobLocation']): Promise<void> {
    const log = join(this.cluster.directory, 'log', `slurmd.${node}.log`);
    const doneLine = `[${jobId.split('_')[0]}.batch] done with job`;
    await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toContain(doneLine), WAIT);
    await this.cluster.slurm('scontrol', 'update', `jobid=${jobId}`, 'StartTime=now+2');
  }
}
