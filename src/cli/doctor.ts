import { Command } from 'commander';
import type { Finding } from '../executors/executor.ts';
import { print } from './client/output.ts';
import { DEFAULT_CONFIG_PATH } from './config.ts';
import { reportingErrors } from './exit.ts';

const HELP = `
Checks the config file, the directories and their permissions, the disks, the port, the programs and every configured
executor, and gives a remedy for each problem. It creates a missing state directory, and changes nothing else. It needs no
running service; run it as the user of the service. With Slurm, it asks whether a job would be accepted, without
submitting one.

Exit codes: 0 no errors (there may be warnings), 1 at least one error, 2 incorrect usage.`;

interface DoctorOptions {
  config?: string;
  json?: boolean;
}

/** `cryoem doctor`: finds problems that prevent the service from working on this machine. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Checks config file, directories, permissions, disks, programs and executors.')
    .option('--config <file>', `config file (default ${DEFAULT_CONFIG_PATH})`)
    .option('--json', 'print the findings as JSON')
    .addHelpText('after', HELP)
    .action(
      reportingErrors(async (options: DoctorOptions) => {
        const { examine } = await import('./doctor-checks.ts');
        const findings = await examine(options.config);
        print(findings, options.json, formatFindings);
        if (findings.some(({ state }) => state === 'error')) process.exitCode = 1;
      }),
    );
}

const MARKS: Readonly<Record<Finding['state'], string>> = {
  ok: 'OK     ',
  warning: 'WARNING',
  error: 'ERROR  ',
};

function formatFindings(findings: readonly Finding[]): string {
  const lines = findings.flatMap(({ subject, state, detail, remedy }) => [
    `${MARKS[state]}  ${subject}: ${detail}`,
    ...(remedy === null ? [] : [`         -> ${remedy}`]),
  ]);
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  return [...lines, `errors: ${count('error')}, warnings: ${count('warning')}`].join('\n');
}
