/**
 * Executors that this version knows. The config file says which of them a site has; `src/executors/` has a
 * folder for each.
 */
export const EXECUTOR_NAMES = ['local', 'slurm', 'pegasus'] as const;
export type ExecutorName = (typeof EXECUTOR_NAMES)[number];

const listOf = (one: string) => `${one}( *, *${one})*`;

/** One of the known names or several, as in `local, slurm`, in the order of preference. */
export const EXECUTOR_LIST = new RegExp(`^${listOf(`(${EXECUTOR_NAMES.join('|')})`)}$`);

/** As the parameter of a start; whether they are configured is checked when it starts. */
export const EXECUTOR_PATTERN = listOf('[a-z]+');

/** Names in a list, each once. */
export const executorNames = <Name extends string = ExecutorName>(text: string): Name[] => [
  ...new Set(text.split(',').map((name) => name.trim() as Name)),
];
