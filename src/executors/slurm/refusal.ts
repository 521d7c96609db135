/** What kept a command of Slurm from doing its work. */
export interface Refusal {
  /** `away`: Slurm does not answer, and may have done it all the same. `full`: it will later. `refused`: not as asked. */
  readonly kind: 'away' | 'full' | 'refused';
  /** One sentence for a person. */
  readonly text: string;
}

interface Rule {
  readonly pattern: RegExp;
  readonly kind: Refusal['kind'];
  readonly text: string;
}

const RULES: readonly Rule[] = [
  {
    pattern:
      /unable to contact slurm controller|connection refused|zero bytes|socket timed out|communication|backup controller/i,
    kind: 'away',
    text: 'The Slurm controller does not answer.',
  },
  {
    pattern:
      /could not establish a configuration source|no such file.*slurm\.conf|unable to process configuration/i,
    kind: 'away',
    text: 'Slurm is not configured on this machine: set conf in [slurm] to its slurm.conf.',
  },
  {
    pattern: /munge|protocol authentication|invalid authentication/i,
    kind: 'away',
    text: 'Slurm does not trust this machine: see that munge runs and its key is that of the cluster.',
  },
  {
    pattern: /temporarily unable to accept job|sleeping and retrying|resource temporarily/i,
    kind: 'full',
    text: 'The queue of Slurm is full.',
  },
  {
    pattern: /violates accounting\/QOS policy|submit limit|MaxSubmit/i,
    kind: 'full',
    text: 'A limit of the account is reached: Slurm takes no more jobs of it now.',
  },
  {
    pattern: /invalid partition/i,
    kind: 'refused',
    text: 'Slurm knows no such partition: correct partition in [params].',
  },
  {
    pattern: /invalid account|account\/partition combination/i,
    kind: 'refused',
    text: 'Slurm does not let this account run here: correct account (or partition) in [params].',
  },
  {
    pattern: /invalid qos/i,
    kind: 'refused',
    text: 'Slurm knows no such quality of service: correct --qos in glite_arguments.',
  },
  {
    pattern: /memory specification/i,
    kind: 'refused',
    text: 'No node has so much memory: lower memory in [slurm].',
  },
  {
    pattern: /invalid (generic resource|gres)|invalid feature|node configuration is not available/i,
    kind: 'refused',
    text: 'No node of the partition has what is asked for: correct glite_arguments, memory or constraint.',
  },
  {
    pattern: /time limit/i,
    kind: 'refused',
    text: 'Slurm does not allow this time: correct time_limit in [slurm].',
  },
  {
    pattern: /partition.*(down|drain|inactive)|not in required.*state/i,
    kind: 'full',
    text: 'The partition takes no jobs now.',
  },
];

/** Reads what a command wrote to standard error. @param command - its name, for the sentence */
export function refusalOf(command: string, stderr: string, timedOut: boolean): Refusal {
  const said = lastComplaint(stderr);
  const rule = RULES.find(({ pattern }) => pattern.test(stderr));
  if (rule) return { kind: rule.kind, text: said ? `${rule.text} (${command}: ${said})` : rule.text };
  if (timedOut) return { kind: 'away', text: `Slurm does not answer: ${command} hangs.` };
  return { kind: 'refused', text: `Slurm refuses: ${said || `${command} says nothing of why`}.` };
}

function lastComplaint(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return (lines.at(-1) ?? '').replace(/^\w+: (error|fatal): /, '').replace(/\.$/, '');
}
