import { fileURLToPath } from 'node:url';
import { messageOf } from '../../base/errors.ts';
import { CodedError } from '../../contract/errors.ts';
import { CANCELLED, Endings, endingOf } from '../core/endings.ts';
import type {
  Ending,
  Executor,
  ExecutorState,
  Finding,
  Handle,
  HandleStatus,
  Submission,
} from '../executor.ts';
import { HeartbeatWatch, HUNG_GRACE_MS } from '../workers/heartbeat-watch.ts';
import { endProcesses, processesByToken } from '../workers/processes.ts';
import {
  endingOfWorker,
  openLog,
  stalledDetail,
  startWorker,
  type Worker,
  type WorkerExit,
} from '../workers/worker.ts';
import {
  type Capacity,
  capacityFinding,
  type MovieRequirements,
  machineCapacity,
  planCapacity,
} from './capacity.ts';
import { createGpuPool, type GpuPool } from './gpus.ts';

export interface LocalExecutorOptions {
  /** Batches that run in parallel; null or absent: derived from cores and memory. */
  readonly slots?: number | null;
  /** Threads per movie; null or absent: the cores divided by the slots. */
  readonly threads?: number | null;
  /** Resources that a movie needs; absent: those of the built-in engine. */
  readonly requirements?: MovieRequirements | undefined;
  /**
   * GPUs that are divided among the workers, in the notation of CUDA_VISIBLE_DEVICES; absent: workers use the
   * GPUs that are visible to the service.
   */
  readonly gpus?: readonly string[];
  /** Program and arguments before the path of the batch; absent: `cryoem process` of this package. */
  readonly command?: readonly string[];
  /** Time between asking a worker to stop and killing it. */
  readonly graceMs?: number;
}

const NAME = 'local';
/** Number of batches in flight in addition to the slots, so that free slots are filled at once. */
const QUEUE_AHEAD = 1;
const DEFAULT_GRACE_MS = 10_000;
const ENTRY = fileURLToPath(new URL('../../../bin/cryoem', import.meta.url));
const LOST = endingOf('lost', 'This batch is unknown: the service was restarted in the meantime.');

/** A running batch. */
interface Run {
  pid: number | null;
  isCancelled: boolean;
  /** Whether its worker gave no sign of life, and is being ended. */
  isStalled: boolean;
  /** Resolves when its processes have ended and its end has been reported. */
  ended: Promise<void>;
  /** Resolved if its processes cannot be ended. */
  readonly abandoned: PromiseWithResolvers<WorkerExit>;
}

const NO_EXIT: WorkerExit = { exitCode: null, signal: null, startFailure: null };

/** Runs batches as child processes of the service, limited by the slots, in the order of their submission. */
export const createLocalExecutor = (options: LocalExecutorOptions = {}): Executor =>
  new LocalExecutor(options);

class LocalExecutor implements Executor {
  readonly name = NAME;
  readonly slots: number;
  readonly threadsPerMovie: number;
  readonly maxInFlight: number;
  readonly batchesPerJob = 1;
  readonly startsAtOnce = true;
  readonly batchesPerCycle: number;
  private readonly capacity: Capacity;
  private readonly requirements: MovieRequirements | undefined;
  private readonly command: readonly string[];
  private readonly graceMs: number;
  private readonly gpus: GpuPool | null;
  private readonly queued = new Map<string, Submission>();
  private readonly running = new Map<string, Run>();
  private readonly endings = new Endings();
  private isClosed = false;

  constructor(options: LocalExecutorOptions) {
    this.requirements = options.requirements;
    this.capacity = planCapacity(machineCapacity(), options, options.requirements);
    this.command = options.command ?? [process.execPath, ENTRY, 'process'];
    this.graceMs = options.graceMs ?? DEFAULT_GRACE_MS;
    this.gpus = options.gpus && options.gpus.length > 0 ? createGpuPool(options.gpus) : null;
    this.slots = this.capacity.slots;
    this.threadsPerMovie = this.capacity.threads;
    this.maxInFlight = this.slots + QUEUE_AHEAD;
    this.batchesPerCycle = 2 * this.slots;
  }

  async submit(submission: Submission): Promise<Handle> {
    if (this.isClosed) throw new CodedError('CANCELLED', 'The executor is closed.');
    const { token } = submission;
    if (!this.queued.has(token) && !this.running.has(token) && !this.endings.find(token)) {
      this.queued.set(token, submission);
      this.fillSlots();
    }
    return { executor: NAME, token, id: token };
  }

  async poll(handles: readonly Handle[]): Promise<Map<string, HandleStatus>> {
    let processes: Map<string, number[]> | null = null;
    const isRunning = (token: string) => {
      processes ??= processesByToken();
      return processes.has(token);
    };
    return new Map(handles.map(({ token }) => [token, this.statusOf(token, isRunning)]));
  }

  async cancel(handles: readonly Handle[]): Promise<void> {
    await Promise.all(handles.map(({ token }) => this.cancelOne(token)));
  }

  onEnded(listener: (token: string, ending: Ending) => void): void {
    this.endings.onEnded(listener);
  }

  lastKnownState(): ExecutorState {
    const health = { state: 'healthy', detail: null, since: null } as const;
    return { health, version: null, queued: this.queued.size, running: this.running.size };
  }

  problems(): readonly string[] {
    return [];
  }

  async check(): Promise<Finding[]> {
    return [capacityFinding(this.capacity, machineCapacity(), this.requirements)];
  }

  release(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await Promise.all([...this.queued.keys(), ...this.running.keys()].map((token) => this.cancelOne(token)));
  }

  private fillSlots(): void {
    for (const [token, submission] of this.queued) {
      if (this.running.size >= this.slots) return;
      this.queued.delete(token);
      const run: Run = {
        pid: null,
        isCancelled: false,
        isStalled: false,
        ended: Promise.resolve(),
        abandoned: Promise.withResolvers(),
      };
      this.running.set(token, run);
      run.ended = this.run(submission, run);
    }
  }

  private async run(submission: Submission, run: Run): Promise<void> {
    const { token } = submission;
    const gpu = this.gpus?.acquire();
    let ending: Ending;
    try {
      ending = await this.runWorker(submission, run, gpu);
    } catch (error) {
      ending = endingOf('failed', messageOf(error));
    }
    if (gpu !== undefined) this.gpus?.release(gpu);
    this.running.delete(token);
    this.endings.report(token, ending);
    this.fillSlots();
  }

  private async runWorker(submission: Submission, run: Run, gpu: string | undefined): Promise<Ending> {
    const environment: Record<string, string> = gpu === undefined ? {} : { CUDA_VISIBLE_DEVICES: gpu };
    const watch = new HeartbeatWatch(submission.heartbeatTimeoutMs, () => {
      run.isStalled = true;
      void this.endRun(submission.token, run);
    });
    try {
      const worker = await this.start(submission, run, environment, () => watch.recordHeartbeat());
      if (worker === null) return CANCELLED;
      const exit = await Promise.race([worker.ended, run.abandoned.promise]);
      watch.close();
      // Also end processes that the worker started: a slot is free if no process of the batch is running.
      const hasEnded = exit !== NO_EXIT && (await endProcesses(submission.token, this.graceMs, worker.pid));
      const { exitCode, signal } = exit;
      if (run.isCancelled) return { ...CANCELLED, exitCode, signal };
      return run.isStalled
        ? { how: 'stalled', exitCode, signal, detail: stalledDetail(hasEnded) }
        : endingOfWorker(exit);
    } finally {
      watch.close();
    }
  }

  /** Ends the processes of a run; if that is not possible, the run ends without them. */
  private async endRun(token: string, run: Run): Promise<void> {
    const graceMs = run.isStalled ? Math.min(HUNG_GRACE_MS, this.graceMs) : this.graceMs;
    if (!(await endProcesses(token, graceMs, run.pid))) run.abandoned.resolve(NO_EXIT);
  }

  /** null: it was cancelled in the meantime. */
  private async start(
    submission: Submission,
    run: Run,
    environment: Readonly<Record<string, string>>,
    onHeartbeat: () => void,
  ): Promise<Worker | null> {
    const log = await openLog(submission);
    try {
      if (run.isCancelled) return null;
      const worker = startWorker(this.command, submission, log, environment, onHeartbeat);
      run.pid = worker.pid;
      return worker;
    } finally {
      await log.close();
    }
  }

  private async cancelOne(token: string): Promise<void> {
    if (this.queued.delete(token)) return this.endings.report(token, CANCELLED);
    const run = this.running.get(token);
    if (!run) {
      await endProcesses(token, this.graceMs, null); // may have been started by an earlier service process
      return;
    }
    run.isCancelled = true;
    await this.endRun(token, run);
    await run.ended;
  }

  private statusOf(token: string, isRunning: (token: string) => boolean): HandleStatus {
    if (this.queued.has(token)) return { state: 'queued' };
    if (this.running.has(token)) return { state: 'running' };
    const ending = this.endings.find(token);
    if (ending) return { state: 'ended', ending };
    return isRunning(token) ? { state: 'running' } : { state: 'ended', ending: LOST };
  }
}
