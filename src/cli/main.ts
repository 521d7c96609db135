import { Command } from 'commander';
import { PACKAGE } from './package-info.ts';

const WRONG_USAGE = 2;

/**
 * The commands in the order of the help. Only the one that is named is loaded, because a worker starts for
 * every batch.
 */
const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['demo', async () => (await import('./demo.ts')).demoCommand()],
  ['process', async () => (await import('./process.ts')).processCommand()],
  ['simulate', async () => (await import('./simulate.ts')).simulateCommand()],
  ['serve', async () => (await import('./serve.ts')).serveCommand()],
  ['doctor', async () => (await import('./doctor.ts')).doctorCommand()],
  ['executors', async () => (await import('./list-executors.ts')).executorsCommand()],
  ['sessions', async () => (await import('./sessions.ts')).sessionsCommand()],
  ['status', async () => (await import('./status.ts')).statusCommand()],
  ['start', async () => (await import('./start.ts')).startCommand()],
  ['stop', async () => (await import('./stop.ts')).stopCommand()],
  ['resume', async () => (await import('./resume.ts')).resumeCommand()],
]);

/**
 * The command line. Exit codes: 0 success, 1 something failed (see the message), 2 incorrect usage,
 * 3 the service cannot be reached, 4 results cannot be written (`process`), 130 interrupted.
 */
export async function main(argv: readonly string[]): Promise<void> {
  const program = new Command('cryoem')
    .description(PACKAGE.description)
    .version(PACKAGE.version)
    .showHelpAfterError('(see cryoem --help)');
  const named = COMMANDS.get(argv[2] ?? '');
  const loaders = named === undefined ? [...COMMANDS.values()] : [named];
  for (const command of await Promise.all(loaders.map((load) => load()))) program.addCommand(command);
  for (const command of [program, ...program.commands])
    command.exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : WRONG_USAGE));
  await program.parseAsync([...argv]);
}
