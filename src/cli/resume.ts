import { Command } from 'commander';
import { act } from './client/action.ts';
import { addConnectionOptions, type ConnectionOptions } from './client/connection.ts';
import { SESSION_ARGUMENT } from './client/session-argument.ts';
import { CLIENT_EXIT_CODES, reportingFaults } from './exit.ts';
import { addParameterFlags, parametersGiven } from './parameter-flags.ts';

/** `cryoem resume`: continues with the parameters of the last start; given parameters replace them. */
export function resumeCommand(): Command {
  const command = new Command('resume')
    .description('Continues a session; only steps that a changed parameter affects are repeated.')
    .argument(SESSION_ARGUMENT);
  return addParameterFlags(addConnectionOptions(command))
    .addHelpText('after', CLIENT_EXIT_CODES)
    .action(
      reportingFaults((name: string, options: ConnectionOptions & Record<string, unknown>) =>
        act('resume', name, options, parametersGiven(options)),
      ),
    );
}
