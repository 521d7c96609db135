import { Command } from 'commander';
import { PACKAGE } from './package-info.ts';
import { processCommand } from './process.ts';
import { simulateCommand } from './simulate.ts';

/**
 * The command line. Exit codes: 0 all well, 1 something failed (the message says what), 2 wrong usage,
 * 3 the service cannot be reached, 130 interrupted.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('cryoem')
    .description(PACKAGE.description)
    .version(PACKAGE.version)
    .showHelpAfterError('(see cryoem --help)')
    .addCommand(processCommand())
    .addCommand(simulateCommand());
  await program.parseAsync([...argv]);
}
