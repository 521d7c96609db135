import { Command } from 'commander';
import { sessionListSchema } from '../contract/api.ts';
import { addConnectionOptions, type ConnectionOptions, connectionOf } from './client/connection.ts';
import { formatSessions, print } from './client/output.ts';
import { callApi } from './client/request.ts';
import { CLIENT_EXIT_CODES, reportingErrors } from './exit.ts';

/** `cryoem sessions`: the sessions of the running service. */
export function sessionsCommand(): Command {
  const command = new Command('sessions').description('Lists the sessions of the running service.');
  return addConnectionOptions(command)
    .addHelpText('after', CLIENT_EXIT_CODES)
    .action(
      reportingErrors(async (options: ConnectionOptions) => {
        const path = '/api/v1/sessions';
        const sessions = await callApi(connectionOf(options), { method: 'GET', path }, sessionListSchema);
        print(sessions, options.json, formatSessions);
      }),
    );
}
