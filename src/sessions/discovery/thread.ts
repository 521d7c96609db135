import { Worker } from 'node:worker_threads';
import { Activity } from './activity.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './messages.ts';

interface ThreadListener {
  received(message: FromWorker): void;
  /** The thread ended by itself. */
  ended(reason: string): void;
}

/** Time limit for ending a thread; one that hangs in a file call never ends. */
const TERMINATE_MS = 2000;

/** One discovery thread, and whether it hangs. */
export class DiscoveryThread {
  readonly worker: Worker;
  readonly activity = new Activity();
  private listener: ThreadListener | null;
  private lastStep = 0;
  private unchangedChecks = 0;

  constructor(setup: Omit<WorkerSetup, 'activity'>, listener: ThreadListener) {
    this.listener = listener;
    const workerData: WorkerSetup = { ...setup, activity: this.activity.memory };
    this.worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData });
    let reason = 'it ended';
    this.worker.on('message', (message: FromWorker) => this.listener?.received(message));
    this.worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    this.worker.on('exit', () => this.listener?.ended(reason));
  }

  post(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  /**
   * Called at regular intervals. Checks are counted, rather than time, because the whole process may have
   * been suspended.
   * @returns the number of consecutive checks that found no progress; even an idle thread makes progress
   */
  checksWithoutProgress(): number {
    const { step } = this.activity;
    // The thread may take a long time to start.
    this.unchangedChecks = step === this.lastStep && step > 0 ? this.unchangedChecks + 1 : 0;
    this.lastStep = step;
    return this.unchangedChecks;
  }

  /** Nobody waits for a thread that hangs: it ends when its call returns. */
  abandon(): void {
    this.listener = null;
    this.worker.unref();
  }

  /** Ends the thread; resolves after a while even if it hangs. */
  async end(): Promise<void> {
    this.listener = null;
    const timeout = Promise.withResolvers<void>();
    const timer = setTimeout(timeout.resolve, TERMINATE_MS);
    await Promise.race([this.worker.terminate(), timeout.promise]);
    clearTimeout(timer);
  }
}
