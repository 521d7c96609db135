import { Command } from 'commander';
import { sendAction } from './client/action.ts';
import { addConnectionOptions, type ConnectionOptions } from './client/connection.ts';
import { SESSION_ARGUMENT } from './client/session-argument.ts';
import { reportingErrors } from './exit.ts';
import { addParameterFlags, parametersFromFlags } from './parameter-flags.ts';

const HELP = `
Parameters that are not given are taken from [params] in the config file of the service; --apix and --kev are required here or there.

Example:
  cryoem start ttrojan_123/ttrojan/20210427113_usc_ttrojan_k3_mysample1 --apix 0.813 --fmdose 1.224 --kev 300

Exit codes: 0 started, 1 refused (all errors are listed), 2 incorrect usage, 3 the service cannot be reached.`;

/** `cryoem start`: starts a session in the running service. */
export function startCommand(): Command {
  const command = new Command('start')
    .description('Starts the processing of a session.')
    .argument(SESSION_ARGUMENT);
  addParameterFlags(addConnectionOptions(command)).addHelpText('after', HELP);
  return command.action(
    reportingErrors((name: string, options: ConnectionOptions & Record<string, unknown>) =>
      sendAction('start', name, options, parametersFromFlags(options)),
    ),
  );
}
