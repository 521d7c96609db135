/** Settings of a site that the core needs, whatever its scheduler. */
export interface CoreSettings {
  /**
   * Distinguishes the jobs of this service from those of another one of the same user: 8 letters and digits.
   */
  readonly site: string;
  /** Batches that share a job and run in parallel, each with its own GPU if the job has GPUs. */
  readonly batchesPerJob: number;
  /** Maximum number of jobs in the queue; null: the driver limits them. */
  readonly maxJobs: number | null;
  /** Number of batches that run in parallel normally, and the maximum in flight. */
  readonly slots: number;
  readonly maxInFlight: number;
  /** Minimum number of batches into which a cycle is divided. */
  readonly batchesPerCycle: number;
  /** Threads per movie; null: the cores of the job, divided among its batches. */
  readonly threads: number | null;
  /** Node.js, then the folder of this package; paths on the nodes. */
  readonly node: string;
  readonly installDir: string;
  /** Program and arguments before the path of the batch; null: `cryoem process`. */
  readonly command: readonly string[] | null;
  readonly times: CoreTimes;
}

export interface CoreTimes {
  /** Interval between polls of the scheduler, for all jobs together. */
  readonly pollMs: number;
  /** The same while nothing is in flight, so that its health is known. */
  readonly idlePollMs: number;
  /** Interval between readings of the files that the jobs write. */
  readonly jobFilePollMs: number;
  /** Batches that are submitted within this time go into one group. */
  readonly gatherMs: number;
  /** Time between the request to stop and the kill of a worker, on the node. */
  readonly graceMs: number;
  /** Interval of the heartbeats that a job writes. */
  readonly heartbeatMs: number;
  /**
   * A job reported as ended may still write, or its files may arrive late over the network: a grace period.
   */
  readonly settleMs: number;
  /** A job that the scheduler has lost is considered dead after this time without a heartbeat. */
  readonly fenceMs: number;
  /** First and maximum delay after a failed command; doubling. */
  readonly retryMs: number;
  readonly maxRetryMs: number;
  /** An orphaned job of ours is cancelled after this time. */
  readonly orphanMs: number;
  /** A cancelled job that does not report its end within this time is given up. */
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
  retryMs: 5000,
  maxRetryMs: 60_000,
  orphanMs: 60_000,
  cancelMs: 60_000,
};
