import { Command } from 'commander';
import { act } from './client/action.ts';
import { addConnectionOptions, type ConnectionOptions } from './client/connection.ts';
import { addParameterFlags, parametersGiven } from './client/parameter-flags.ts';
import { SESSION_ARGUMENT } from './client/session-argument.ts';
import { CLIENT_EXIT_CODES, reportingFaults } from './exit.ts';

/** `cryoem resume`: goes on with the parameters of the last start; what is given replaces those. */
export function resumeCommand(): Command {
  const command = new Command('resume')
    .description('Continues a session; only what a changed parameter affects is done again.')
    .argument(SESSION_ARGUMENT);
  return addParameterFlags(addConnectionOptions(command))
    .addHelpText('after', CLIENT_EXIT_CODES)
    .action(
      reportingFaults((name: string, options: ConnectionOptions & Record<string, unknown>) =>
        act('resume', name, options, parametersGiven(options)),
      ),
    );
}
