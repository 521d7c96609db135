/**
 * The executors of this version. The config file selects those that a site uses; `src/executors/` has a
 * folder for each.
 */
export const EXECUTOR_NAMES = ['local', 'slurm', 'pegasus'] as const;
export type ExecutorName = (typeof EXECUTOR_NAMES)[number];

const listPattern = (name: string) => `${name}( *, *${name})*`;

/** One name or several in order of preference, such as `local, slurm`. */
export const EXECUTOR_LIST = new RegExp(`^${listPattern(`(${EXECUTOR_NAMES.join('|')})`)}$`);

/**
 * Format of the start parameter `executor`. Whether executors with these names are configured is checked when
 * a session is started.
 */
export const EXECUTOR_PATTERN = listPattern('[a-z]+');

/** Names in a list, without duplicates. */
export const executorNames = <Name extends string = ExecutorName>(text: string): Name[] => [
  ...new Set(text.split(',').map((name) => name.trim() as Name)),
];

/** Environment variable with the token of the batch, set for all processes of a worker on this machine. */
export const TOKEN_VARIABLE = 'CRYOEM_BATCH_TOKEN';
