import { EXIT_INTERRUPTED, JOB_LOCATION_VARIABLE } from '../../contract/batch.ts';
import type { JobLocation } from '../../contract/record.ts';
import type { Submission } from '../executor.ts';
import { endProcesses } from '../workers/processes.ts';
import { endingOfWorker, startWorker, type WorkerExit } from '../workers/worker.ts';
import {
  isCancelRequested,
  type Outcome,
  readOutcome,
  removeOutcome,
  type Tasks,
  writeOutcome,
} from './folder.ts';

/**
 * Why a batch is stopped: its job was asked to stop, the batch was cancelled, or another run of the job has
 * taken over.
 */
export type StopReason = 'terminated' | 'cancelled' | 'superseded';

const STOP_TEXT: Readonly<Record<StopReason, string>> = {
  terminated: 'The job was asked to stop.',
  cancelled: 'The batch was cancelled.',
  superseded: 'Another run of the job has taken over the batch.',
};

export interface BatchRunOptions {
  readonly folder: string;
  /** Identifies this run of the task. */
  readonly run: string;
  readonly entry: Submission;
  readonly plan: Pick<Tasks, 'command' | 'graceMs'>;
  readonly location: JobLocation;
  readonly threads: number;
  readonly gpu: string | null;
}

/** One batch of a job on its node, processed by one worker. */
export class BatchRun {
  readonly token: string;
  private readonly options: BatchRunOptions;
  private reason: StopReason | null = null;
  /** Ends the worker; null: no worker is running. */
  private endWorker: (() => void) | null = null;

  constructor(options: BatchRunOptions) {
    this.options = options;
    this.token = options.entry.token;
  }

  get isRunning(): boolean {
    return this.endWorker !== null;
  }

  /** Stops the batch; only the first reason counts. If the batch has not begun, it is not started. */
  stop(reason: StopReason): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.endWorker?.();
  }

  /** Processes the batch, and writes how it ended. */
  async run(): Promise<void> {
    const { folder } = this.options;
    const earlier = await readOutcome(folder, this.token);
    if (earlier && earlier.how !== 'interrupted') return;
    if (earlier) await removeOutcome(folder, this.token);
    if (await isCancelRequested(folder, this.token)) this.stop('cancelled');
    if (this.reason !== null) return this.reportStopped({ exitCode: null, signal: null }, this.reason);
    const exit = await this.runWorker();
    if (this.reason !== null) return this.reportStopped(exit, this.reason);
    const { exitCode, signal } = exit;
    // If a job is asked to stop, the scheduler also signals its workers, perhaps before this process does.
    if (exitCode === EXIT_INTERRUPTED || signal === 'SIGTERM')
      return this.report({ how: 'interrupted', exitCode, signal, detail: 'The worker was asked to stop.' });
    const ending = endingOfWorker(exit);
    await this.report(signal === 'SIGKILL' ? { ...ending, how: 'out_of_memory' } : ending);
  }

  private async runWorker(): Promise<WorkerExit> {
    const { entry, plan, location, threads, gpu } = this.options;
    const worker = startWorker([...plan.command, '--threads', String(threads)], entry, {
      [JOB_LOCATION_VARIABLE]: JSON.stringify(location),
      ...(gpu === null ? {} : { CUDA_VISIBLE_DEVICES: gpu }),
    });
    this.endWorker = () => void endProcesses(this.token, plan.graceMs, worker.pid);
    const exit = await worker.ended;
    // No process of the batch may be running when its end is reported.
    await endProcesses(this.token, plan.graceMs, worker.pid);
    this.endWorker = null;
    return exit;
  }

  /** If a batch was superseded, the other run reports its outcome. */
  private async reportStopped(
    { exitCode, signal }: Pick<WorkerExit, 'exitCode' | 'signal'>,
    reason: StopReason,
  ): Promise<void> {
    if (reason === 'superseded') return;
    const how = reason === 'cancelled' ? 'cancelled' : 'interrupted';
    await this.report({ how, exitCode, signal, detail: STOP_TEXT[reason] });
  }

  private report(outcome: Omit<Outcome, 'token' | 'run'>): Promise<void> {
    const { folder, run } = this.options;
    return writeOutcome(folder, { token: this.token, run, ...outcome });
  }
}
