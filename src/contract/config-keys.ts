/**
 * For each setting in `settings.ts` that messages mention: the section and key of the config file from which
 * it is read. Messages get the names of keys from this table only.
 */
const KEYS = {
  partition: ['params', 'partition'],
  account: ['params', 'account'],
  sbatchOptions: ['params', 'glite_arguments'],
  'slurm.timeLimit': ['slurm', 'time_limit'],
  'slurm.memory': ['slurm', 'memory'],
  'slurm.constraint': ['slurm', 'constraint'],
  'slurm.conf': ['slurm', 'conf'],
  'slurm.binDir': ['slurm', 'bin_dir'],
  'slurm.template': ['slurm', 'template'],
  'slurm.environment': ['slurm', 'environment'],
  'pegasus.environment': ['pegasus', 'environment'],
  'pegasus.binDir': ['pegasus', 'bin_dir'],
  'pegasus.memory': ['pegasus', 'memory_mb'],
  'local.slots': ['local', 'slots'],
  'local.threads': ['local', 'threads'],
} as const;

export type KeyedSetting = keyof typeof KEYS;
export const KEYED_SETTINGS: Readonly<Record<KeyedSetting, readonly [section: string, key: string]>> = KEYS;

/** The key alone, such as `time_limit`. */
export const keyOf = (setting: KeyedSetting): string => KEYS[setting][1];

/** The key with its section, such as `time_limit in [slurm]`. */
export const keyInFile = (setting: KeyedSetting): string => `${KEYS[setting][1]} in [${KEYS[setting][0]}]`;
