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
}

/** How a submission ended. The same shape for success and failure. */
export interface Ending {
  readonly how: 'completed' | 'failed' | 'cancelled' | 'lost' | 'out_of_memory' | 'timeout';
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** One sentence for a person. */
  readonly detail: string;
}

export type HandleStatus =
  | { readonly state: 'queued' | 'running' }
  | { readonly state: 'ended'; readonly ending: Ending };

export interface Executor {
  readonly name: string;
  /** How many batches it can run side by side, and threads per movie in each. */
  readonly slots: number;
  readonly threadsPerMovie: number;
  /** @throws CodedError with cause `cluster`, `program` or `memory` when it cannot be submitted. */
  submit(submission: Submission): Promise<Handle>;
  /** One status per handle, keyed by token. A handle nobody knows any more is `ended` with `lost`. */
  poll(handles: readonly Handle[]): Promise<ReadonlyMap<string, HandleStatus>>;
  /** Ends them politely, then firmly. Resolves when none of their processes runs any more. */
  cancel(handles: readonly Handle[]): Promise<void>;
  /** Called on every end as soon as it is known, so that the scheduler need not wait for its next poll. */
  onEnded(listener: (token: string, ending: Ending) => void): void;
  /** Stops everything that it started and lets go of its resources; `submit` throws CANCELLED from then on. */
  close(): Promise<void>;
}
