import { sessionSummarySchema } from '../../contract/api.ts';
import { type ConnectionOptions, connectionOf } from './connection.ts';
import { formatSession, print } from './output.ts';
import { callApi } from './request.ts';
import { parseSessionArgument, sessionPath } from './session-argument.ts';

/** Sends an action for a session and prints the resulting state. */
export async function sendAction(
  action: 'start' | 'stop' | 'resume',
  name: string,
  options: ConnectionOptions,
  body: object = {},
): Promise<void> {
  const path = `${sessionPath(parseSessionArgument(name))}/${action}`;
  const session = await callApi(connectionOf(options), { method: 'POST', path, body }, sessionSummarySchema);
  print(session, options.json, formatSession);
}
