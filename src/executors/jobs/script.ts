import { shellQuoted } from '../../base/shell-words.ts';

/** Placeholders in the script of a job: the site's own shell lines, and the command that does the work. */
export const ENVIRONMENT = '{{environment}}';
export const COMMAND = '{{command}}';

/**
 * The script of a job.
 * @param template - with the placeholders, the command as the last that it does
 * @param environment - shell lines of the site, such as `module load`; null: none
 * @param command - words of the command that does the work
 */
export function fillTemplate(
  template: string,
  environment: string | null,
  command: readonly string[],
): string {
  const words = command.map(shellQuoted).join(' ');
  // Functions as replacements: a `$&` in a path must stay what it is.
  return template.replaceAll(ENVIRONMENT, () => environment ?? '').replaceAll(COMMAND, () => words);
}
