import { Command } from 'commander';
import { sendAction } from './client/action.ts';
import { addConnectionOptions, type ConnectionOptions } from './client/connection.ts';
import { SESSION_ARGUMENT } from './client/session-argument.ts';
import { CLIENT_EXIT_CODES, reportingErrors } from './exit.ts';
import { addParameterFlags, parametersFromFlags } from './parameter-flags.ts';

/** `cryoem resume`: continues a session with the parameters of its last start, except those given here. */
export function resumeCommand(): Command {
  const command = new Command('resume')
    .description('Continues a session; only steps that a changed parameter affects are repeated.')
    .argument(SESSION_ARGUMENT);
  return addParameterFlags(addConnectionOptions(command))
    .addHelpText('after', CLIENT_EXIT_CODES)
    .action(
      reportingErrors((name: string, options: ConnectionOptions & Record<string, unknown>) =>
        sendAction('resume', name, options, parametersFromFlags(options)),
      ),
    );
}
