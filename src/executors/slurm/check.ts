import type { Finding } from '../executor.ts';
import { runSlurm } from './commands.ts';
import { templateProblem } from './job-script.ts';
import { type SlurmSettings, sbatchArguments } from './settings.ts';

const SUBJECT = 'executor slurm';

/** The version of the Slurm programs; null if they cannot be run. */
export async function slurmVersion(settings: SlurmSettings): Promise<string | null> {
  const result = await runSlurm(settings.commands, 'squeue', ['--version']);
  return result.ok ? (/[\d.]+\S*/.exec(result.stdout)?.[0] ?? null) : null;
}

/**
 * Asks Slurm whether a job of this service would be accepted, without submitting one. This cannot check
 * whether the nodes have access to the session directories and to this installation.
 */
export async function checkSlurm(settings: SlurmSettings): Promise<Finding[]> {
  const problem = settings.template === null ? null : templateProblem(settings.template);
  const templateFindings: Finding[] = problem
    ? [
        {
          subject: SUBJECT,
          state: 'error',
          detail: `the job template cannot be used: ${problem}`,
          remedy: 'correct the file given by template in [slurm]',
        },
      ]
    : [];
  const queue = await runSlurm(settings.commands, 'squeue', ['-h', '-t', 'running', '-o', '%i']);
  if (!queue.ok)
    return [
      ...templateFindings,
      {
        subject: SUBJECT,
        state: 'error',
        detail: queue.refusal.text,
        remedy: 'make sure that squeue works in a shell of this user',
      },
    ];
  const version = await slurmVersion(settings);
  const testSubmission = await runSlurm(settings.commands, 'sbatch', [
    '--test-only',
    ...sbatchArguments(settings),
    '--array=1-1',
    '--wrap=true',
  ]);
  const options = sbatchArguments(settings).join(' ') || 'the defaults';
  return [
    ...templateFindings,
    {
      subject: SUBJECT,
      state: 'ok',
      detail: `Slurm ${version ?? 'of an unknown version'} responds`,
      remedy: null,
    },
    testSubmission.ok
      ? { subject: SUBJECT, state: 'ok', detail: `a job with ${options} would be accepted`, remedy: null }
      : {
          subject: SUBJECT,
          state: 'error',
          detail: testSubmission.refusal.text,
          remedy: `correct the sbatch options: ${options}`,
        },
    {
      subject: SUBJECT,
      state: 'ok',
      detail: `jobs run ${settings.node} from ${settings.installDir}: every node must have the installation and the session directories at the same paths`,
      remedy: null,
    },
  ];
}
