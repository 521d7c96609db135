/** What the core must know of a site, whatever its scheduler. */
export interface CoreSettings {
  /** Tells the jobs of this service from those of another one of the same user: 8 letters and digits. */
  readonly site: string;
  /** Batches that share a job, side by side, each with a GPU of its own where the job has some. */
  readonly batchesPerJob: number;
  /** Maximum of jobs in the queue at once; null: the driver keeps to it. */
  readonly maxJobs: number | null;
  /** How many batches run side by side when all goes well, and the maximum in flight. */
  readonly slots: number;
  readonly maxInFlight: number;
  /** Into at least so many batches a cycle is divided. */
  readonly batchesPerCycle: number;
  /** Threads per movie; null: the cores of the job, divided among its batches. */
  readonly threads: number | null;
  /** Node.js, then the folder of this package, as the nodes see them. */
  readonly node: string;
  readonly installDir: string;
  /** Program and arguments before the path of the batch; null: `cryoem process`. */
  readonly command: readonly string[] | null;
  readonly times: CoreTimes;
}

export interface CoreTimes {
  /** Between questions to the scheduler, one for all jobs. */
  readonly pollMs: number;
  /** The same while nothing is in flight, so that its health is known. */
  readonly idlePollMs: number;
  /** Between looks at what the jobs themselves have written. */
  readonly lookMs: number;
  /** Batches that follow each other within it go into one group. */
  readonly gatherMs: number;
  /** Between asking a worker to end and killing it, on the node. */
  readonly graceMs: number;
  /** Between signs of life that a job writes. */
  readonly beatMs: number;
  /** A job that is called ended may still write, or its files may come late over the network: a grace period. */
  readonly settleMs: number;
  /** A job that the scheduler has lost, and that gave no sign of life for so long, runs no more. */
  readonly fenceMs: number;
  /** First and maximum delay after a command that failed; doubling. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
  /** A job of ours that nobody asked for is cancelled after so long. */
  readonly orphanMs: number;
  /** A cancelled job that does not tell its end within it is given up. */
  readonly cancelMs: number;
}

export const DEFAULT_TIMES: CoreTimes = {
  pollMs: 5000,
  idlePollMs: 60_000,
  lookMs: 1000,
  gatherMs: 500,
  graceMs: 10_000,
  beatMs: 2000,
  settleMs: 5000,
  fenceMs: 10_000,
  retryMs: 5000,
  maxRetryMs: 60_000,
  orphanMs: 60_000,
  cancelMs: 60_000,
};
