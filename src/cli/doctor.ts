import { Command } from 'commander';
import type { Finding } from '../executors/executor.ts';
import { print } from './client/output.ts';
import { DEFAULT_CONFIG_PATH } from './config.ts';
import { reportingFaults } from './exit.ts';

const HELP = `
Looks, without changing anything, at the config file, the directories and their rights, the disks, the port, the
programs and every executor that is configured, and says of each fault how to mend it. It needs no running service; run
it as the user of the service. On Slurm it asks whether a job as ours would be taken, and submits none.

Exit codes: 0 nothing is wrong (there may be warnings), 1 something is, 2 wrong usage.`;

interface DoctorOptions {
  config?: string;
  json?: boolean;
}

/** `cryoem doctor`: what would keep the service from its work on this machine. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Checks config, directories, rights, disks, programs and executors.')
    .option('--config <file>', `config file (default ${DEFAULT_CONFIG_PATH})`)
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', HELP)
    .action(
      reportingFaults(async (options: DoctorOptions) => {
        const { examine } = await import('./doctor-checks.ts');
        const findings = await examine(options.config);
        print(findings, options.json, formatFindings);
        if (findings.some(({ state }) => state === 'fault')) process.exitCode = 1;
      }),
    );
}

const MARKS: Readonly<Record<Finding['state'], string>> = {
  well: 'well   ',
  warning: 'warning',
  fault: 'FAULT  ',
};

function formatFindings(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ subject, state, detail, remedy }) => [
    `${MARKS[state]}  ${subject}: ${detail}`,
    ...(remedy === null ? [] : [`         -> ${remedy}`]),
  ]);
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  return [...lines, `${count('fault')} faults, ${count('warning')} warnings`].join('\n');
}
