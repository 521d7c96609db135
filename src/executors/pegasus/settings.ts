import type { CoreSettings, CoreTimes } from '../core/settings.ts';
import { DEFAULT_TIMES } from '../core/settings.ts';
import { siteOptions } from '../slurm/sbatch-options.ts';
import { optionFaults, type SlurmSite } from './documents.ts';

/** What a site says of its Pegasus. */
export interface PegasusSettings
  extends Omit<CoreSettings, 'slots' | 'maxInFlight' | 'batchesPerCycle' | 'maxJobs' | 'site'> {
  readonly site: Omit<SlurmSite, 'pegasusHome' | 'sbatchOptions'> & {
    /** Further options of sbatch, as a shell would read them. */
    readonly sbatchOptions: string | null;
  };
  /** Where Pegasus lies on the nodes; null: where it lies on this machine. */
  readonly pegasusHome: string | null;
  /** Folder of its commands; null: PATH. */
  readonly binDir: string | null;
  /** Slurm jobs per workflow: jobs of one label run one after the other in one of them. */
  readonly clusterSize: number;
  /** Shell lines that come before the work, such as `module load`. */
  readonly environment: string | null;
  /** Top of the session directories. */
  readonly sessionDir: string;
  readonly times: PegasusTimes;
}

/** @throws Error with a sentence on what of the site's options cannot be given to sbatch, or not through Pegasus */
export function checkOptions({ site }: Pick<PegasusSettings, 'site'>): void {
  const faults = optionFaults(siteOptions(site.sbatchOptions).words);
  if (faults.length > 0) throw new Error(faults.join('; '));
}

export interface PegasusTimes extends CoreTimes {
  /** Between calls of pegasus-status for a workflow. */
  readonly statusMs: number;
  /** No command of Pegasus may take longer. */
  readonly commandMs: number;
  /** A workflow that HTCondor does not know for so long has ended, whatever its logs say: condor_schedd was restarted. */
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
