import { siteOptions } from '../jobs/sbatch-options.ts';
import type { CommandSettings } from './commands.ts';

/** What a site says of its Slurm: `[params]` and `[slurm]` of the config file. */
export interface SlurmSettings {
  /** Tells the jobs of this service from those of another one of the same user: 8 letters and digits. */
  readonly site: string;
  readonly commands: CommandSettings;
  readonly partition: string | null;
  readonly account: string | null;
  /** Further options of sbatch, as a shell would read them. */
  readonly arguments: string | null;
  readonly timeLimit: string | null;
  readonly memory: string | null;
  readonly constraint: string | null;
  /** Shell lines that come before the work, such as `module load`. */
  readonly environment: string | null;
  /** Text of the job script with its placeholders; null: our own. */
  readonly template: string | null;
  /** Jobs in the queue at once. */
  readonly maxJobs: number;
  /** Movies side by side in a job, each with a GPU of its own where the job has some. */
  readonly moviesPerJob: number;
  /** Threads per movie; null: the cores that Slurm gives to the job, shared out. */
  readonly threads: number | null;
  /** Node.js, then the folder of this package, as the nodes see them. */
  readonly node: string;
  readonly installDir: string;
  /** Program and arguments before the path of the batch; null: `cryoem process`. */
  readonly command: readonly string[] | null;
  readonly times: SlurmTimes;
}

export interface SlurmTimes {
  /** Between questions to Slurm, one for all jobs. */
  readonly pollMs: number;
  /** Between looks at what the jobs themselves have written. */
  readonly lookMs: number;
  /** Batches that come within it go into one array. */
  readonly gatherMs: number;
  /** Between asking a worker to end and killing it, on the node; less than Slurm's KillWait. */
  readonly graceMs: number;
  /** Between signs of life that a job writes. */
  readonly beatMs: number;
  /** A job that Slurm calls ended may still write, or its files may come late over the network: so long is waited. */
  readonly settleMs: number;
  /** A job that Slurm has lost, and that gave no sign of life for so long, runs no more. */
  readonly fenceMs: number;
  /** First and longest wait after a command that failed; doubling. */
  readonly retryMs: number;
  readonly longestRetryMs: number;
  /** A job of ours that nobody asked for is cancelled after so long. */
  readonly orphanMs: number;
}

export const SLURM_TIMES: SlurmTimes = {
  pollMs: 5000,
  lookMs: 1000,
  gatherMs: 500,
  graceMs: 10_000,
  beatMs: 2000,
  settleMs: 5000,
  fenceMs: 10_000,
  retryMs: 5000,
  longestRetryMs: 60_000,
  orphanMs: 60_000,
};

/** Where each of our own settings stands as an option; the site's further options come last, and win. */
export function sbatchArguments(settings: SlurmSettings): string[] {
  const { words, names } = siteOptions(settings.arguments);
  const option = (name: string, value: string | null) => (value === null ? [] : [`--${name}=${value}`]);
  const asksForCores =
    names.has('cpus-per-task') || names.has('exclusive') || words.some((w) => /^-c/.test(w));
  const cores = settings.threads !== null && !asksForCores ? settings.threads * settings.moviesPerJob : null;
  return [
    ...option('partition', settings.partition),
    ...option('account', settings.account),
    ...option('time', settings.timeLimit),
    ...option('mem', settings.memory),
    ...option('constraint', settings.constraint),
    ...option('cpus-per-task', cores === null ? null : String(cores)),
    ...words,
  ];
}
