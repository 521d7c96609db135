import { keyInFile, keyOf } from '../../contract/config-keys.ts';
import type { Refusal } from '../core/driver.ts';

interface Rule {
  readonly pattern: RegExp;
  readonly kind: Refusal['kind'];
  readonly text: string;
}

/** sbatch prints this and then retries for two minutes; the service stops it and retries later. */
export const QUEUE_FULL = /temporarily unable to accept job|sleeping and retrying|resource temporarily/i;

const RULES: readonly Rule[] = [
  {
    pattern:
      /unable to contact slurm controller|connection refused|zero bytes|socket timed out|communication|backup controller/i,
    kind: 'unreachable',
    text: 'The Slurm controller does not respond.',
  },
  {
    pattern:
      /could not establish a configuration source|no such file.*slurm\.conf|unable to process configuration/i,
    kind: 'unreachable',
    text: `Slurm is not configured on this machine: set ${keyInFile('slurm.conf')} to its slurm.conf.`,
  },
  {
    pattern: /munge|protocol authentication|invalid authentication/i,
    kind: 'unreachable',
    text: 'Slurm authentication failed: check that munge runs with the cluster key.',
  },
  {
    pattern: QUEUE_FULL,
    kind: 'full',
    text: 'The Slurm queue is full.',
  },
  {
    pattern: /violates accounting\/QOS policy|submit limit|MaxSubmit/i,
    kind: 'full',
    text: 'Slurm does not accept more jobs from this account at the moment, or does not allow jobs of this duration or size: a limit of the account or its QOS.',
  },
  {
    pattern: /invalid job array/i,
    kind: 'too_large',
    text: 'Slurm does not accept a job array of this size: MaxArraySize of the site is too small.',
  },
  {
    pattern: /invalid partition/i,
    kind: 'refused',
    text: `Slurm does not know this partition: correct ${keyInFile('partition')}.`,
  },
  {
    pattern: /invalid account|account\/partition combination/i,
    kind: 'refused',
    text: `Slurm does not allow this account in this partition: correct ${keyOf('account')} (or ${keyInFile('partition')}).`,
  },
  {
    pattern: /invalid qos/i,
    kind: 'refused',
    text: `Slurm does not know this QOS: correct --qos in ${keyOf('sbatchOptions')}.`,
  },
  {
    pattern: /memory specification/i,
    kind: 'refused',
    text: `No node has this much memory: lower ${keyInFile('slurm.memory')}.`,
  },
  {
    pattern: /invalid (generic resource|gres)|invalid feature|node configuration is not available/i,
    kind: 'refused',
    text: `No node of the partition has the requested resources: correct ${keyOf('sbatchOptions')}, memory or constraint.`,
  },
  {
    pattern: /time limit/i,
    kind: 'refused',
    text: `Slurm does not allow this time limit: correct ${keyInFile('slurm.timeLimit')}.`,
  },
  {
    pattern: /partition.*(down|drain|inactive)|not in required.*state/i,
    kind: 'refused',
    text: 'The partition is not accepting jobs now.',
  },
];

/**
 * Number of characters at the end of the standard error that are searched: error messages are short, and
 * searching a long text is slow.
 */
const MAX_CHARACTERS = 4000;

/** Interprets the standard error of a command. @param command - name of the command, for the sentence */
export function refusalOf(command: string, output: string, hasTimedOut: boolean): Refusal {
  const stderr = output.slice(-MAX_CHARACTERS);
  const message = lastMessage(stderr);
  const rule = RULES.find(({ pattern }) => pattern.test(stderr));
  if (rule) return { kind: rule.kind, text: message ? `${rule.text} (${command}: ${message})` : rule.text };
  if (hasTimedOut) return { kind: 'unreachable', text: `Slurm does not respond: ${command} hangs.` };
  return { kind: 'refused', text: `Slurm refused the request: ${message || `${command} gave no reason`}.` };
}

function lastMessage(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return (lines.at(-1) ?? '').replace(/^\w+: (error|fatal): /, '').replace(/\.$/, '');
}
