import { Command } from 'commander';
import { act } from './client/action.ts';
import { addConnectionOptions, type ConnectionOptions } from './client/connection.ts';
import { SESSION_ARGUMENT } from './client/session-argument.ts';
import { CLIENT_EXIT_CODES, reportingFaults } from './exit.ts';

/** `cryoem stop`: stops a session; movies in work are done again after a resume. */
export function stopCommand(): Command {
  const command = new Command('stop')
    .description('Stops processing of a session.')
    .argument(SESSION_ARGUMENT);
  return addConnectionOptions(command)
    .addHelpText('after', CLIENT_EXIT_CODES)
    .action(reportingFaults((name: string, options: ConnectionOptions) => act('stop', name, options)));
}
