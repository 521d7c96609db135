import { EXIT_INTERRUPTED, JOB_LOCATION_VARIABLE } from '../../contract/batch.ts';
import type { JobLocation } from '../../contract/record.ts';
import type { Submission } from '../executor.ts';
import { HeartbeatWatch, HUNG_GRACE_MS } from '../workers/heartbeat-watch.ts';
import { endProcesses } from '../workers/processes.ts';
import {
  endingOfWorker,
  openLog,
  stalledDetail,
  startWorker,
  type Worker,
  type WorkerExit,
} from '../workers/worker.ts';
import {
  isCancelRequested,
  type JobPlan,
  type Outcome,
  readOutcome,
  removeOutcome,
  writeOutcome,
} from './folder.ts';

/**
 * Why a batch is stopped: its job is asked to stop, the batch is cancelled, another run of the job has taken
 * over, or its worker gave no sign of life.
 */
export type StopReason = 'terminated' | 'cancelled' | 'superseded' | 'stalled';

const STOP_TEXT: Readonly<Record<StopReason, string>> = {
  terminated: 'The job was asked to stop.',
  cancelled: 'The batch was cancelled.',
  superseded: 'Another run of the job has taken it over.',
  stalled: stalledDetail(true),
};

const OUTCOMES = { terminated: 'interrupted', cancelled: 'cancelled', stalled: 'stalled' } as const;

/** The worker was not started, or cannot be ended. */
const NO_EXIT: WorkerExit = { exitCode: null, signal: null, startFailure: null };

export interface BatchRunOptions {
  readonly folder: string;
  /** Identifies this run of the task. */
  readonly run: string;
  readonly entry: Submission;
  readonly plan: Pick<JobPlan, 'command' | 'graceMs'>;
  readonly location: JobLocation;
  readonly threads: number;
  readonly gpu: string | null;
}

/** One batch of a job on its node, processed by one worker. */
export class BatchRun {
  readonly token: string;
  private readonly options: BatchRunOptions;
  private reason: StopReason | null = null;
  /** Ends the worker; null: there is none at the moment. */
  private end: (() => void) | null = null;
  /** Resolved if the processes of the worker cannot be ended. */
  private readonly abandoned = Promise.withResolvers<WorkerExit>();

  constructor(options: BatchRunOptions) {
    this.options = options;
    this.token = options.entry.token;
  }

  get isRunning(): boolean {
    return this.end !== null;
  }

  /** The first reason counts. A batch that has not begun is not started. */
  stop(reason: StopReason): void {
    if (this.reason !== null) return;
    this.reason = reason;
    this.end?.();
  }

  /** Processes the batch, and writes how it ended. */
  async run(): Promise<void> {
    const { folder } = this.options;
    const earlierOutcome = await readOutcome(folder, this.token);
    if (earlierOutcome && earlierOutcome.how !== 'interrupted') return;
    if (earlierOutcome) await removeOutcome(folder, this.token);
    if (await isCancelRequested(folder, this.token)) this.stop('cancelled');
    if (this.reason !== null) return this.reportStopped({ exitCode: null, signal: null }, this.reason);
    const exit = await this.work();
    if (this.reason !== null) return this.reportStopped(exit, this.reason);
    const { exitCode, signal } = exit;
    // If a job is asked to stop, the scheduler also signals its workers, perhaps before this process does.
    if (exitCode === EXIT_INTERRUPTED || signal === 'SIGTERM')
      return this.report({ how: 'interrupted', exitCode, signal, detail: 'The worker was asked to stop.' });
    const ending = endingOfWorker(exit);
    await this.report(signal === 'SIGKILL' ? { ...ending, how: 'out_of_memory' } : ending);
  }

  private async work(): Promise<WorkerExit> {
    const { plan, entry } = this.options;
    const watch = new HeartbeatWatch(entry.heartbeatTimeoutMs, () => this.stop('stalled'));
    try {
      const worker = await this.start(() => watch.recordHeartbeat());
      if (worker === null) return NO_EXIT;
      const exit = await Promise.race([worker.ended, this.abandoned.promise]);
      watch.close();
      // No process of the batch runs when its end is reported, unless it cannot be ended.
      if (exit !== NO_EXIT) await endProcesses(this.token, plan.graceMs, worker.pid);
      this.end = null;
      return exit;
    } finally {
      watch.close();
    }
  }

  private async endWorker(pid: number | null): Promise<void> {
    const { graceMs } = this.options.plan;
    const limitMs = this.reason === 'stalled' ? Math.min(HUNG_GRACE_MS, graceMs) : graceMs;
    if (!(await endProcesses(this.token, limitMs, pid))) this.abandoned.resolve(NO_EXIT);
  }

  /** null: it was stopped in the meantime. */
  private async start(onHeartbeat: () => void): Promise<Worker | null> {
    const { entry, plan, location, threads, gpu } = this.options;
    const log = await openLog(entry);
    try {
      if (this.reason !== null) return null;
      const environment = {
        [JOB_LOCATION_VARIABLE]: JSON.stringify(location),
        ...(gpu === null ? {} : { CUDA_VISIBLE_DEVICES: gpu }),
      };
      const command = [...plan.command, '--threads', String(threads)];
      const worker = startWorker(command, entry, log, environment, onHeartbeat);
      this.end = () => void this.endWorker(worker.pid);
      return worker;
    } finally {
      await log.close();
    }
  }

  /** If a batch was superseded, the other run reports its outcome. */
  private async reportStopped(
    { exitCode, signal }: Pick<WorkerExit, 'exitCode' | 'signal'>,
    reason: StopReason,
  ): Promise<void> {
    if (reason === 'superseded') return;
    await this.report({ how: OUTCOMES[reason], exitCode, signal, detail: STOP_TEXT[reason] });
  }

  private report(outcome: Omit<Outcome, 'token' | 'run'>): Promise<void> {
    const { folder, run } = this.options;
    return writeOutcome(folder, { token: this.token, run, ...outcome });
  }
}
