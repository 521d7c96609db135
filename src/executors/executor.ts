import type { ExecutorHealth } from '../contract/api.ts';

/**
 * The port behind which all execution lies. An executor only submits, polls and cancels: results arrive on the file
 * system. Every implementation passes `test/executors/conformance.ts`.
 */
export interface Submission {
  /** Absolute path of the batch file. */
  readonly batchPath: string;
  /** The batch's unique token. */
  readonly token: string;
  /** Standard output and error of the worker go here. */
  readonly logPath: string;
}

/** What the ledger keeps of a submission, so that a restarted service can ask for it again. Plain JSON. */
export interface Handle {
  readonly executor: string;
  readonly token: string;
  readonly id: string;
  /** Path of the batch file, beside which an executor may keep what it needs to find its work again. */
  readonly batchPath?: string;
}

/**
 * How a submission ended. `lost`: its worker was killed, or nobody knows it. The last four are a cluster's, and none
 * of them is the movies' fault. `sessions/scheduler/ending-rules.ts` says what follows from each.
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
  /** `revoked`: somebody else cancelled it. `vanished`: the cluster does not know it any more. */
  readonly how: (typeof ENDINGS)[number];
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** One sentence for a person. */
  readonly detail: string;
}

export type HandleStatus =
  | { readonly state: 'queued' | 'running' }
  | { readonly state: 'ended'; readonly ending: Ending };

/** What is known of an executor without asking it. */
export interface ExecutorCondition {
  readonly health: ExecutorHealth;
  /** Of the programs that it stands on; null where there is none, or not known yet. */
  readonly version: string | null;
  /** Batches that wait for a place, and that run. */
  readonly queued: number;
  readonly running: number;
}

/** One thing that a check looked at, and where it is wrong, how to mend it. */
export interface Finding {
  readonly subject: string;
  readonly state: 'well' | 'warning' | 'fault';
  readonly detail: string;
  readonly remedy: string | null;
}

export interface Executor {
  readonly name: string;
  /** How many batches it can run side by side, and threads per movie in each. */
  readonly slots: number;
  readonly threadsPerMovie: number;
  /** So many batches it wants in flight, so that no slot waits for the next round. */
  readonly mostInFlight: number;
  /** So many batches share a job, and count as one for `maxjobs`. */
  readonly batchesPerJob: number;
  /** A batch that finds a slot free begins at once: small batches cost nothing. Not so where a cluster queues. */
  readonly startsAtOnce: boolean;
  /** Into at least so many batches a cycle is cut, so that all slots are busy to its end. */
  readonly batchesPerCycle: number;
  /**
   * Takes a batch. One that stands before a cluster takes it also while the cluster is away, and says so in `condition`.
   * @throws CodedError with cause `cluster`, `program` or `memory` when it cannot be submitted.
   */
  submit(submission: Submission): Promise<Handle>;
  /** One status per handle, keyed by token. A handle nobody knows any more is `ended` with `lost`. */
  poll(handles: readonly Handle[]): Promise<ReadonlyMap<string, HandleStatus>>;
  /** Ends them politely, then firmly. Resolves when none of their processes runs any more. */
  cancel(handles: readonly Handle[]): Promise<void>;
  /** Called on every end as soon as it is known, so that the scheduler need not wait for its next poll. */
  onEnded(listener: (token: string, ending: Ending) => void): void;
  condition(): ExecutorCondition;
  /** Why these batches do not get on, a sentence each, for the page of their session; empty where they do. */
  troubles(handles: readonly Handle[]): readonly string[];
  /** Asks the machine or the cluster whether work can be done, within seconds. */
  check(): Promise<readonly Finding[]>;
  /**
   * The service ends: what cannot live without it is stopped, what can goes on, and is found by the next service. The
   * executor is closed then.
   */
  release(): Promise<void>;
  /** Stops everything that it started and lets go of its resources; `submit` throws CANCELLED from then on. */
  close(): Promise<void>;
}
