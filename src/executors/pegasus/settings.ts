import { siteOptions } from '../jobs/sbatch-options.ts';
import { gliteFaults, type SlurmSite } from './documents.ts';

/** What a site says of its Pegasus: `[params]` and `[pegasus]` of the config file. */
export interface PegasusSettings {
  readonly site: Omit<SlurmSite, 'pegasusHome' | 'gliteArguments'> & {
    readonly gliteArguments: string | null;
  };
  /** Where Pegasus lies on the nodes; null: where it lies on this machine. */
  readonly pegasusHome: string | null;
  /** Where its commands lie; null: in PATH. */
  readonly binDirectory: string | null;
  /** Slurm jobs per workflow: jobs of one label run one after the other in one of them. */
  readonly clusterSize: number;
  /** Movies side by side in a job, each with a GPU of its own where the job has some. */
  readonly moviesPerJob: number;
  /** Threads per movie; null: the cores of the job, shared out. */
  readonly threads: number | null;
  /** Shell lines that come before the work, such as `module load`. */
  readonly environment: string | null;
  /** Top of the session directories. */
  readonly sessionDir: string;
  /** Node.js, then the folder of this package, as the nodes see them. */
  readonly node: string;
  readonly installDir: string;
  /** Program and arguments before the path of the batch; null: `cryoem process`. */
  readonly command: readonly string[] | null;
  readonly times: PegasusTimes;
}

/** @throws Error with a sentence on what of `glite_arguments` cannot be given to sbatch, or not through Pegasus */
export function checkOptions({ site }: Pick<PegasusSettings, 'site'>): void {
  const faults = gliteFaults(siteOptions(site.gliteArguments).words);
  if (faults.length > 0) throw new Error(faults.join('; '));
}

export interface PegasusTimes {
  /** Batches of a cycle that come within it go into one workflow: planning one takes seconds. */
  readonly gatherMs: number;
  /** Between looks at what the jobs and Pegasus' monitor have written. */
  readonly lookMs: number;
  /** Between calls of pegasus-status for a workflow. */
  readonly statusMs: number;
  /** No command of Pegasus may take longer. */
  readonly commandMs: number;
  /** Between asking a worker to end and killing it, on the node. */
  readonly graceMs: number;
  /** Between signs of life that a job writes. */
  readonly beatMs: number;
  /** Files of a job that has ended may come late over the network: so long is waited. */
  readonly settleMs: number;
  /** A job that gave no sign of life for so long, once its workflow has ended, runs no more. */
  readonly fenceMs: number;
  /** First and longest wait after a command that failed; doubling. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
}

export const PEGASUS_TIMES: PegasusTimes = {
  gatherMs: 3000,
  lookMs: 1000,
  statusMs: 20_000,
  commandMs: 120_000,
  graceMs: 10_000,
  beatMs: 2000,
  settleMs: 5000,
  fenceMs: 10_000,
  retryMs: 10_000,
  longestRetryMs: 300_000,
};
