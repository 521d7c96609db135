import type { ExecutorHealth } from '../contract/api.ts';

/**
 * The port for running batches. An executor only submits, polls and cancels: results arrive on the file
 * system. Every implementation passes `test/executors/conformance.ts`.
 */

/** A batch to run. */
export interface Submission {
  /** Absolute path of the batch file. */
  readonly batchPath: string;
  /** The batch's unique token. */
  readonly token: string;
  /** File for standard output and error of the worker. */
  readonly logPath: string;
  /**
   * A worker that sends no heartbeat for this long is stopped, because it hangs; absent: a long time. The
   * timeout depends on the size of the movies, see `sessions/scheduler/heartbeat-timeout.ts`.
   */
  readonly heartbeatTimeoutMs?: number | undefined;
}

/** What the ledger stores about a submission, so that a restarted service can poll it. Plain JSON. */
export interface Handle {
  readonly executor: string;
  readonly token: string;
  readonly id: string;
  /**
   * Path of the batch file; an executor may keep its own files next to it, to find its jobs after a restart.
   */
  readonly batchPath?: string;
}

/**
 * How a submission ended. `lost`: its worker was killed, or is unknown. `stalled`: its worker gave no sign of
 * life and was stopped. The last four occur on clusters, and are not caused by the movies.
 * `sessions/scheduler/ending-rules.ts` defines the consequences of each.
 */
export const ENDINGS = [
  'completed',
  'failed',
  'cancelled',
  'lost',
  'out_of_memory',
  'timeout',
  'stalled',
  'node_failure',
  'preempted',
  'cancelled_externally',
  'vanished',
] as const;

/** How a submission ended. The same shape for success and failure. */
export interface Ending {
  /** `cancelled_externally`: cancelled outside the service. `vanished`: no longer known to the cluster. */
  readonly how: (typeof ENDINGS)[number];
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** One sentence for users. */
  readonly detail: string;
}

export type HandleStatus =
  | { readonly state: 'queued' | 'running' }
  | { readonly state: 'ended'; readonly ending: Ending };

/** Last known state of an executor; reading it sends no request. */
export interface ExecutorState {
  readonly health: ExecutorHealth;
  /** Version of the scheduler's programs; null if there are none, or if it is not known yet. */
  readonly version: string | null;
  /** Number of batches that wait for a slot, and that are running. */
  readonly queued: number;
  readonly running: number;
}

/** Result of one check: its subject and, if something is wrong, the remedy. */
export interface Finding {
  readonly subject: string;
  readonly state: 'ok' | 'warning' | 'error';
  readonly detail: string;
  readonly remedy: string | null;
}

export interface Executor {
  readonly name: string;
  /** Number of batches that the executor can run in parallel, and threads per movie in each. */
  readonly slots: number;
  readonly threadsPerMovie: number;
  /** Maximum number of batches in flight; more than the slots, so that free slots are filled at once. */
  readonly maxInFlight: number;
  /** Number of batches that share a job, and count as one for `maxjobs`. */
  readonly batchesPerJob: number;
  /**
   * Whether a batch begins immediately if a slot is free, so that small batches have no overhead. False for a
   * cluster with a queue.
   */
  readonly startsAtOnce: boolean;
  /** Minimum number of batches into which a cycle is divided, so that all slots are busy until its end. */
  readonly batchesPerCycle: number;
  /**
   * Accepts a batch. An executor for a cluster accepts batches even while the cluster is unreachable, and
   * reports this in `lastKnownState`.
   * @throws CodedError with cause `cluster`, `program` or `memory` if it cannot be submitted
   */
  submit(submission: Submission): Promise<Handle>;
  /** One status per handle, keyed by token. An unknown handle is `ended` with `lost`. */
  poll(handles: readonly Handle[]): Promise<ReadonlyMap<string, HandleStatus>>;
  /** Stops submissions with SIGTERM, then SIGKILL. Resolves when none of their processes is running. */
  cancel(handles: readonly Handle[]): Promise<void>;
  /**
   * Registers a listener that is called as soon as a submission ends, so that the service does not have to
   * wait for its next poll.
   */
  onEnded(listener: (token: string, ending: Ending) => void): void;
  lastKnownState(): ExecutorState;
  /**
   * Why these batches make no progress, one sentence per reason, for the page; empty if they do.
   * @param handles - `all`: all batches that have not ended
   */
  problems(handles: readonly Handle[] | 'all'): readonly string[];
  /** Checks within seconds whether the machine or the cluster can run batches. */
  check(): Promise<readonly Finding[]>;
  /**
   * Called when the service stops: stops jobs that depend on the service; other jobs continue, and are found
   * again by the next service process. Closes the executor.
   */
  release(): Promise<void>;
  /** Stops all batches and releases the resources of the executor; after that, `submit` throws CANCELLED. */
  close(): Promise<void>;
}
