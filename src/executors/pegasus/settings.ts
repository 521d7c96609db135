import type { CoreSettings, CoreTimes } from '../core/settings.ts';
import { DEFAULT_TIMES } from '../core/settings.ts';
import { siteOptions } from '../slurm/sbatch-options.ts';
import { optionFaults, type SlurmSite } from './documents.ts';

/** Settings of a site's Pegasus. */
export interface PegasusSettings
  extends Omit<CoreSettings, 'slots' | 'maxInFlight' | 'batchesPerCycle' | 'maxJobs' | 'site'> {
  readonly site: Omit<SlurmSite, 'pegasusHome' | 'sbatchOptions'> & {
    /** Additional options of sbatch in shell syntax. */
    readonly sbatchOptions: string | null;
  };
  /** Directory of Pegasus on the nodes; null: the same as on this machine. */
  readonly pegasusHome: string | null;
  /** Directory of its commands; null: PATH. */
  readonly binDir: string | null;
  /** Slurm jobs per workflow: jobs with the same label run one after the other in one of them. */
  readonly clusterSize: number;
  /** Shell lines that run at the beginning of a job, such as `module load`. */
  readonly environment: string | null;
  /** Top of the session directories. */
  readonly sessionDir: string;
  readonly times: PegasusTimes;
}

/**
 * @throws Error with a sentence on the site's options that cannot be given to sbatch, or not through Pegasus
 */
export function checkOptions({ site }: Pick<PegasusSettings, 'site'>): void {
  const faults = optionFaults(siteOptions(site.sbatchOptions).words);
  if (faults.length > 0) throw new Error(faults.join('; '));
}

export interface PegasusTimes extends CoreTimes {
  /** Interval between calls of pegasus-status for a workflow. */
  readonly statusMs: number;
  /** Time limit of a command of Pegasus. */
  readonly commandMs: number;
  /**
   * A workflow that HTCondor has not known for this time has ended, whatever its logs say: condor_schedd was
   * restarted.
   */
  readonly goneMs: number;
}

export const PEGASUS_TIMES: PegasusTimes = {
  ...DEFAULT_TIMES,
  // A poll reads files only.
  pollMs: 1000,
  // Planning a workflow takes seconds.
  gatherMs: 3000,
  retryMs: 10_000,
  maxRetryMs: 300_000,
  statusMs: 20_000,
  commandMs: 120_000,
  goneMs: 120_000,
};
