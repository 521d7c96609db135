import { Command } from 'commander';
import { sendAction } from './client/action.ts';
import { addConnectionOptions, type ConnectionOptions } from './client/connection.ts';
import { SESSION_ARGUMENT } from './client/session-argument.ts';
import { CLIENT_EXIT_CODES, reportingErrors } from './exit.ts';

interface StopOptions extends ConnectionOptions {
  readonly finish?: true;
}

/** `cryoem stop`: stops a session; movies in progress are cancelled, or finish with `--finish`. */
export function stopCommand(): Command {
  const command = new Command('stop')
    .description('Stops the processing of a session.')
    .argument(SESSION_ARGUMENT);
  return addConnectionOptions(command)
    .option('--finish', 'let movies in progress finish; otherwise they are cancelled and return to waiting')
    .addHelpText('after', CLIENT_EXIT_CODES)
    .action(
      reportingErrors((name: string, { finish, ...options }: StopOptions) =>
        sendAction('stop', name, options, { running: finish ? 'finish' : 'cancel' }),
      ),
    );
}
