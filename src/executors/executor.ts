import type { ExecutorHealth } from '../contract/api.ts';

/**
 * The port for running batches. An executor only submits, polls and cancels: results arrive on the file
 * system. Every implementation passes `test/executors/conformance.ts`.
 */
export interface Submission {
  /** Absolute path of the batch file. */
  readonly batchPath: string;
  /** The batch's unique token. */
  readonly token: string;
  /** File for standard output and error of the worker. */
  readonly logPath: string;
}

/** What the ledger keeps of a submission, so that a restarted service can poll it again. Plain JSON. */
export interface Handle {
  readonly executor: string;
  readonly token: string;
  readonly id: string;
  /** Path of the batch file; an executor may keep its own files next to it to find its work again. */
  readonly batchPath?: string;
}

/**
 * How a submission ended. `lost`: its worker was killed, or is unknown. The last four occur on clusters, and
 * are not the movies' fault. `sessions/scheduler/ending-rules.ts` defines the consequences of each.
 */
export const ENDINGS = [
  'completed',
  'failed',
  'cancelled',
  'lost',
  'out_of_memory',
  'timeout',
  'node_failure',
  'preempted',
  'revoked',
  'vanished',
] as const;

/** How a submission ended. The same shape for success and failure. */
export interface Ending {
  /** `revoked`: cancelled outside the service. `vanished`: the cluster does not know it any more. */
  readonly how: (typeof ENDINGS)[number];
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** One sentence for users. */
  readonly detail: string;
}

export type HandleStatus =
  | { readonly state: 'queued' | 'running' }
  | { readonly state: 'ended'; readonly ending: Ending };

/** State of an executor as last known, without a request to it. */
export interface ExecutorCondition {
  readonly health: ExecutorHealth;
  /** Version of the programs that it uses; null if there are none, or if it is not known yet. */
  readonly version: string | null;
  /** Batches that wait for a slot, and that run. */
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
  /** Number of batches that it can run in parallel, and threads per movie in each. */
  readonly slots: number;
  readonly threadsPerMovie: number;
  /** Maximum number of batches in flight; more than the slots, so that no slot waits for the next round. */
  readonly maxInFlight: number;
  /** Number of batches that share a job, and count as one for `maxjobs`. */
  readonly batchesPerJob: number;
  /**
   * Whether a batch that finds a free slot begins immediately, so that small batches cost nothing. Not so on
   * a cluster with a queue.
   */
  readonly startsAtOnce: boolean;
  /** Minimum number of batches into which a cycle is divided, so that all slots are busy until its end. */
  readonly batchesPerCycle: number;
  /**
   * Accepts a batch. An executor of a cluster accepts it also while the cluster is unreachable, and reports
   * this in `condition`.
   * @throws CodedError with cause `cluster`, `program` or `memory` if it cannot be submitted
   */
  submit(submission: Submission): Promise<Handle>;
  /** One status per handle, keyed by token. An unknown handle is `ended` with `lost`. */
  poll(handles: readonly Handle[]): Promise<ReadonlyMap<string, HandleStatus>>;
  /** Stops them with SIGTERM, then SIGKILL. Resolves when none of their processes is running. */
  cancel(handles: readonly Handle[]): Promise<void>;
  /**
   * Registers a listener for endings, which is called at once, so that the scheduler need not wait for its
   * next poll.
   */
  onEnded(listener: (token: string, ending: Ending) => void): void;
  condition(): ExecutorCondition;
  /** Why these batches make no progress, a sentence each, for the page of their session; empty if they do. */
  problems(handles: readonly Handle[]): readonly string[];
  /** Checks within seconds whether the machine or the cluster can run batches. */
  check(): Promise<readonly Finding[]>;
  /**
   * The service stops: jobs that depend on it are stopped, others continue and are found again by the next
   * service. Closes the executor.
   */
  release(): Promise<void>;
  /** Stops everything that it started and releases its resources; `submit` throws CANCELLED from then on. */
  close(): Promise<void>;
}
