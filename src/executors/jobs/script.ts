import { shellQuoted } from '../../base/shell-words.ts';

/** Placeholders in the script of a job: the shell lines of the site, and the command that runs the task. */
export const ENVIRONMENT = '{{environment}}';
export const COMMAND = '{{command}}';

/**
 * Creates the script of a job.
 * @param template - with the placeholders; the command comes last
 * @param environment - shell lines of the site, such as `module load`; null: none
 * @param command - words of the command that runs the task
 */
export function fillTemplate(
  template: string,
  environment: string | null,
  command: readonly string[],
): string {
  const words = command.map(shellQuoted).join(' ');
  // Functions as replacements: a `$&` in a path must not be interpreted.
  return template.replaceAll(ENVIRONMENT, () => environment ?? '').replaceAll(COMMAND, () => words);
}
