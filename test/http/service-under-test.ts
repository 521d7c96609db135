import { Writable } from 'node:stream';
import { pino } from 'pino';
import { createHttpServer, type HttpServerOptions } from '../../src/http/server.ts';
import { KEY, MemorySessionService } from './memory-session-service.ts';

export const TOKEN = 'a token, with/odd+signs';
export const SESSION_URL = `/${KEY.project}/${KEY.user}/session/${KEY.session}`;
export const API_URL = `/api/v1/sessions/${KEY.project}/${KEY.user}/${KEY.session}`;
export const BEARER = { authorization: `Bearer ${TOKEN}` };

/** An HTTP server on the in-memory sessions, with its log as text. */
export async function serviceUnderTest(
  options: Partial<HttpServerOptions> & { token?: string; sessions?: MemorySessionService } = {},
) {
  const sessions = options.sessions ?? new MemorySessionService();
  const lines: string[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const server = await createHttpServer({
    version: '0.0.0',
    logger: pino({ level: 'trace' }, stream),
    ...options,
    api: { host: '127.0.0.1', port: 0, token: options.token ?? TOKEN },
    sessions,
  });
  return { ...server, sessions, log: () => lines.join('') };
}

/** The cookie of a login, as a browser sends it back. */
export async function loginCookie(app: Awaited<ReturnType<typeof serviceUnderTest>>['app'], token = TOKEN) {
  const response = await app.inject({ method: 'POST', url: '/api/v1/login', payload: { token } });
  return String(response.headers['set-cookie']).split(';', 1)[0] ?? '';
}
