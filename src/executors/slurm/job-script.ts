import { CodedError } from '../../contract/errors.ts';
import { COMMAND, ENVIRONMENT, fillTemplate } from '../jobs/script.ts';

/** Name of the script in the folder of an array. */
export const SCRIPT = 'job.sh';

const DEFAULT_TEMPLATE = `#!/bin/bash
# Written by the CryoEM Service. Each array task processes its batches in tasks.json next to this file.
${ENVIRONMENT}
exec ${COMMAND}
`;

/** What is wrong with a template of the site, as a clause; null if it can be used. */
export function templateProblem(template: string): string | null {
  if (!template.startsWith('#!')) return 'its first line must be #! and a shell, such as #!/bin/bash';
  if (!template.includes(COMMAND)) return `${COMMAND} must be on the line that runs the task`;
  if (/^#SBATCH[ \t].*(--array|--output|--error|--job-name|--wrap|--export|-[aoeJ]\b)/m.test(template))
    return 'its #SBATCH lines must not set the array, the logs, the name or the environment of the job';
  return null;
}

/** Whether a template of the site sets the comment of its jobs, which an option of sbatch would override. */
export const hasComment = (template: string): boolean =>
  template.split('\n').some((line) => line.startsWith('#SBATCH') && line.includes('--comment'));

/**
 * Creates the script of the tasks of an array.
 * @param template - of the site; null: the default
 * @throws CodedError BAD_CONFIG if the template cannot be used
 */
export function jobScript(
  template: string | null,
  environment: string | null,
  command: readonly string[],
): string {
  const text = template ?? DEFAULT_TEMPLATE;
  const problem = templateProblem(text);
  if (problem !== null) throw new CodedError('BAD_CONFIG', `The template of [slurm]: ${problem}.`);
  return fillTemplate(text, environment, command);
}
