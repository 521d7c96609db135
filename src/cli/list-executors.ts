import { Command } from 'commander';
import { executorListSchema } from '../contract/api.ts';
import { addConnectionOptions, type ConnectionOptions, connectionOf } from './client/connection.ts';
import { formatExecutors, print } from './client/output.ts';
import { callApi } from './client/request.ts';
import { CLIENT_EXIT_CODES, reportingErrors } from './exit.ts';

/** `cryoem executors`: the executors of the running service. */
export function executorsCommand(): Command {
  const command = new Command('executors').description(
    'Lists the executors with their health, slots, queue and version.',
  );
  return addConnectionOptions(command)
    .addHelpText('after', CLIENT_EXIT_CODES)
    .action(
      reportingErrors(async (options: ConnectionOptions) => {
        const path = '/api/v1/executors';
        const executors = await callApi(connectionOf(options), { method: 'GET', path }, executorListSchema);
        print(executors, options.json, formatExecutors);
      }),
    );
}
