import type { CoreSettings, CoreTimes } from '../core/settings.ts';
import { DEFAULT_TIMES } from '../core/settings.ts';
import type { CommandSettings } from '../slurm/commands.ts';
import { siteOptions } from '../slurm/sbatch-options.ts';
import { optionProblems, type SlurmSite } from './documents.ts';

/** Settings of a site for Pegasus. */
export interface PegasusSettings
  extends Omit<CoreSettings, 'slots' | 'maxInFlight' | 'batchesPerCycle' | 'maxJobs' | 'serviceId'> {
  readonly site: Omit<SlurmSite, 'pegasusHome' | 'sbatchOptions'> & {
    /** Additional options of sbatch in shell syntax. */
    readonly sbatchOptions: string | null;
  };
  /** Directory of Pegasus on the nodes; null: the same as on this machine. */
  readonly pegasusHome: string | null;
  /** Directory of the Pegasus commands; null: PATH. */
  readonly binDir: string | null;
  /** Slurm jobs per workflow; each runs the Pegasus jobs of one label, one after another. */
  readonly clusterSize: number;
  /** Shell lines that run at the beginning of a job, such as `module load`. */
  readonly environment: string | null;
  /** Directory that contains the session directories. */
  readonly sessionDir: string;
  /** How Slurm is queried for the reasons of pending jobs; absent: Slurm is not queried. */
  readonly slurmCommands?: CommandSettings;
  readonly times: PegasusTimes;
}

/**
 * @throws Error with one sentence per option of the site that cannot be passed to sbatch or through Pegasus
 */
export function checkOptions({ site }: Pick<PegasusSettings, 'site'>): void {
  const problems = optionProblems(siteOptions(site.sbatchOptions).words);
  if (problems.length > 0) throw new Error(problems.join('; '));
}

export interface PegasusTimes extends CoreTimes {
  /** Interval between calls to pegasus-status for a workflow. */
  readonly statusMs: number;
  /** Time limit of a command of Pegasus. */
  readonly commandMs: number;
  /**
   * A workflow that has been unknown to HTCondor for this long has ended, even if its logs do not show its
   * end, as may happen after a restart of condor_schedd.
   */
  readonly goneMs: number;
}

export const PEGASUS_TIMES: PegasusTimes = {
  ...DEFAULT_TIMES,
  // A poll only reads files.
  pollMs: 1000,
  // Planning a workflow takes seconds.
  gatherMs: 3000,
  retryMs: 10_000,
  maxRetryMs: 300_000,
  statusMs: 20_000,
  commandMs: 300_000,
  goneMs: 120_000,
};
