import { Command } from 'commander';
import { sessionDetailSchema } from '../contract/api.ts';
import { addConnectionOptions, type ConnectionOptions, connectionOf } from './client/connection.ts';
import { formatSession, print } from './client/output.ts';
import { callApi } from './client/request.ts';
import { parseSessionArgument, SESSION_ARGUMENT, sessionPath } from './client/session-argument.ts';
import { CLIENT_EXIT_CODES, reportingErrors } from './exit.ts';

/** `cryoem status`: one session, as the page shows it. */
export function statusCommand(): Command {
  const command = new Command('status')
    .description('Shows the state of a session.')
    .argument(SESSION_ARGUMENT);
  return addConnectionOptions(command)
    .addHelpText('after', CLIENT_EXIT_CODES)
    .action(
      reportingErrors(async (name: string, options: ConnectionOptions) => {
        const path = sessionPath(parseSessionArgument(name));
        const session = await callApi(connectionOf(options), { method: 'GET', path }, sessionDetailSchema);
        print(session, options.json, formatSession);
      }),
    );
}
