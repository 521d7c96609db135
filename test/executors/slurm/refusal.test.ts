import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../src/executors/slurm/refusal.ts';

/** Output of sbatch in Slurm 22.05.8. */
const submissionError = (reason: string) => `sbatch: error: Batch job submission failed: ${reason}\n`;

describe('refusalOf', () => {
  it.each([
    [
      'unreachable',
      submissionError('Unable to contact slurm controller (connect failure)'),
      'controller does not respond',
    ],
    [
      'unreachable',
      'slurm_load_jobs error: Socket timed out on send/recv operation\n',
      'controller does not respond',
    ],
    [
      'full',
      'sbatch: error: Slurm temporarily unable to accept job, sleeping and retrying\n',
      'Slurm queue is full',
    ],
    [
      'full',
      submissionError(
        "Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)",
      ),
      'limit of the account',
    ],
    [
      'refused',
      `sbatch: error: invalid partition specified: nope\n${submissionError('Invalid partition name specified')}`,
      'partition in [params]',
    ],
    ['refused', submissionError('Invalid account or account/partition combination specified'), 'account'],
    [
      'refused',
      `sbatch: error: Memory specification can not be satisfied\n${submissionError('Requested node configuration is not available')}`,
      'memory',
    ],
    ['refused', submissionError('Requested node configuration is not available'), 'glite_arguments'],
    ['too_large', submissionError('Invalid job array specification'), 'MaxArraySize'],
    [
      'refused',
      submissionError('Required partition not available (inactive or drain)'),
      'partition is not accepting jobs now',
    ],
    ['refused', submissionError('Something new'), 'Something new'],
  ] as const)('%s: %s', (kind, stderr, words) => {
    const refusal = refusalOf('sbatch', stderr, false);
    expect(refusal.kind).toBe(kind);
    expect(refusal.text).toContain(words);
  });

  it('treats Slurm as unreachable if a command hangs', () => {
    expect(refusalOf('squeue', '', true)).toMatchObject({
      kind: 'unreachable',
      text: 'Slurm does not respond: squeue hangs.',
    });
  });
});
