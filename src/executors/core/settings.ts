/** Settings of a site that the core needs for any scheduler. */
export interface CoreSettings {
  /**
   * Distinguishes the jobs of this service from those of other services of the same user: 8 letters and
   * digits.
   */
  readonly serviceId: string;
  /** Batches that share a job and run in parallel, each with its own GPU if the job has GPUs. */
  readonly batchesPerJob: number;
  /** Maximum number of jobs in the queue; null: the driver limits them. */
  readonly maxJobs: number | null;
  /** Number of batches that normally run in parallel, and the maximum number in flight. */
  readonly slots: number;
  readonly maxInFlight: number;
  /** Minimum number of batches into which a cycle is divided. */
  readonly batchesPerCycle: number;
  /** Threads per movie; null: the cores of the job, divided among its batches. */
  readonly threads: number | null;
  /** Paths of Node.js and of the folder of this package on the nodes. */
  readonly node: string;
  readonly installDir: string;
  /** Program and arguments before the path of the batch; null: `cryoem process`. */
  readonly command: readonly string[] | null;
  readonly times: CoreTimes;
}

export interface CoreTimes {
  /** Interval between polls of the scheduler, for all jobs together. */
  readonly pollMs: number;
  /** Interval while nothing is in flight; these polls show the scheduler's health. */
  readonly idlePollMs: number;
  /** Interval at which the files that the jobs write are read. */
  readonly jobFilePollMs: number;
  /** Batches that are submitted within this time are put into one group. */
  readonly gatherMs: number;
  /** Time between asking a worker on a node to stop and killing it; not the grace period of a batch. */
  readonly graceMs: number;
  /** Interval at which a job writes heartbeats. */
  readonly heartbeatMs: number;
  /**
   * Grace period of a batch after its job is reported as ended: the job may still be writing, or its files
   * may arrive late over the network.
   */
  readonly settleMs: number;
  /** A job that the scheduler has lost is considered dead after this time without a heartbeat. */
  readonly fenceMs: number;
  /** A job that the scheduler reports as running counts as hung after this long without a heartbeat. */
  readonly heartbeatTimeoutMs: number;
  /** First and maximum delay after a failed command; the delay doubles with each failure. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
  /** An orphaned job of this service is cancelled after this time. */
  readonly orphanMs: number;
  /** Maximum time to wait until a cancelled job reports that it has ended. */
  readonly cancelMs: number;
}

export const DEFAULT_TIMES: CoreTimes = {
  pollMs: 5000,
  idlePollMs: 60_000,
  jobFilePollMs: 1000,
  gatherMs: 500,
  graceMs: 10_000,
  heartbeatMs: 2000,
  settleMs: 5000,
  fenceMs: 10_000,
  heartbeatTimeoutMs: 600_000,
  retryMs: 5000,
  maxRetryMs: 60_000,
  orphanMs: 60_000,
  cancelMs: 60_000,
};
