import type { CoreSettings } from '../core/settings.ts';
import type { CommandSettings } from './commands.ts';
import { siteOptions } from './sbatch-options.ts';

/** A site's settings for Slurm. */
export interface SlurmSettings extends Omit<CoreSettings, 'slots' | 'maxInFlight' | 'batchesPerCycle'> {
  readonly commands: CommandSettings;
  readonly maxJobs: number;
  readonly partition: string | null;
  readonly account: string | null;
  /** Additional options of sbatch in shell syntax. */
  readonly sbatchOptions: string | null;
  /** Time limit of a job, in Slurm's notation. */
  readonly timeLimit: string | null;
  readonly memory: string | null;
  readonly constraint: string | null;
  /** Shell lines that run at the beginning of a job, such as `module load`. */
  readonly environment: string | null;
  /** Text of the job script with its placeholders; null: the default. */
  readonly template: string | null;
}

/** The settings as options of sbatch; the additional options of the site come last and take precedence. */
export function sbatchArguments(settings: SlurmSettings): string[] {
  const { words, names } = siteOptions(settings.sbatchOptions);
  const option = (name: string, value: string | null) => (value === null ? [] : [`--${name}=${value}`]);
  const setsCores =
    names.has('cpus-per-task') || names.has('exclusive') || words.some((word) => word.startsWith('-c'));
  const cores = settings.threads !== null && !setsCores ? settings.threads * settings.batchesPerJob : null;
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
