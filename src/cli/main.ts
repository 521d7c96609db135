import { Command } from 'commander';
import { demoCommand } from './demo.ts';
import { doctorCommand } from './doctor.ts';
import { executorsCommand } from './list-executors.ts';
import { PACKAGE } from './package-info.ts';
import { processCommand } from './process.ts';
import { resumeCommand } from './resume.ts';
import { serveCommand } from './serve.ts';
import { sessionsCommand } from './sessions.ts';
import { simulateCommand } from './simulate.ts';
import { startCommand } from './start.ts';
import { statusCommand } from './status.ts';
import { stopCommand } from './stop.ts';

const WRONG_USAGE = 2;

/**
 * The command line. Exit codes: 0 success, 1 something failed (see the message), 2 incorrect usage,
 * 3 the service cannot be reached, 4 results cannot be written (`process`), 130 interrupted.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('cryoem')
    .description(PACKAGE.description)
    .version(PACKAGE.version)
    .showHelpAfterError('(see cryoem --help)')
    .addCommand(demoCommand())
    .addCommand(processCommand())
    .addCommand(simulateCommand())
    .addCommand(serveCommand())
    .addCommand(doctorCommand())
    .addCommand(executorsCommand())
    .addCommand(sessionsCommand())
    .addCommand(statusCommand())
    .addCommand(startCommand())
    .addCommand(stopCommand())
    .addCommand(resumeCommand());
  for (const command of [program, ...program.commands])
    command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : WRONG_USAGE));
  await program.parseAsync([...argv]);
}
