import { createHash, randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { BoundedMap } from '../base/bounded-map.ts';
import { systemClock } from '../base/clock.ts';
import { errorBodySchema, loginStateSchema } from '../contract/api.ts';
import { CodedError } from '../contract/errors.ts';
import type { Auth } from './auth.ts';
import { MAX_UNAUTHENTICATED_BYTES } from './bodies.ts';

const LINK_LIFETIME_MS = 10 * 60 * 1000;
/** Maximum number of unused links; another link removes the oldest. */
const MAX_LINKS = 100;

const LINK_EXPIRED = `<!doctype html><html lang="en"><meta charset="utf-8"><title>CryoEM Service</title>
<p>This login link has already been used, or is older than ten minutes.</p>
<p><a href="/">Log in with the token from the config file</a></p></html>`;

/** Keys of login links, each valid once and for ten minutes. Only their hashes are stored. */
export class LoginKeys {
  readonly #expiry = new BoundedMap<string, number>(MAX_LINKS);

  create(): string {
    const key = randomBytes(24).toString('base64url');
    this.#expiry.set(this.#digest(key), systemClock.monotonicMs() + LINK_LIFETIME_MS);
    return key;
  }

  /** Ends the validity of a key. @returns whether it was valid */
  use(key: string): boolean {
    const digest = this.#digest(key);
    const expiry = this.#expiry.get(digest);
    this.#expiry.delete(digest);
    return expiry !== undefined && expiry > systemClock.monotonicMs();
  }

  #digest(key: string): string {
    return createHash('sha256').update(key).digest('hex');
  }
}

export interface LoginOptions {
  readonly auth: Auth;
  readonly keys: LoginKeys;
  readonly version: string;
}

/** Login and logout of the page. These routes need no authentication. */
export function registerLogin(instance: FastifyInstance, { auth, keys, version }: LoginOptions): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const tags = ['login'];

  app.get(
    '/api/v1/session',
    {
      schema: {
        tags,
        summary: 'Whether this client is logged in',
        security: [],
        response: { 200: loginStateSchema, 429: errorBodySchema },
      },
    },
    async (request) => ({ authenticated: await isAuthenticated(auth, request), version }),
  );

  app.post(
    '/api/v1/login',
    {
      bodyLimit: MAX_UNAUTHENTICATED_BYTES,
      schema: {
        tags,
        summary: 'Log in: sets a cookie that scripts cannot read',
        security: [],
        body: z.object({ token: z.string().max(1000) }),
        response: { 200: loginStateSchema, 403: errorBodySchema, 422: errorBodySchema, 429: errorBodySchema },
      },
    },
    async (request, reply) => {
      if (!(await auth.checkToken(request, request.body.token))) throw new CodedError('UNAUTHORIZED', '');
      auth.logIn(reply);
      return { authenticated: true, version };
    },
  );

  app.post(
    '/api/v1/logout',
    {
      bodyLimit: MAX_UNAUTHENTICATED_BYTES,
      schema: {
        tags,
        summary: 'Log out: the login ends for all copies of its cookie',
        security: [],
        response: { 200: loginStateSchema },
      },
    },
    async (request, reply) => {
      await auth.logOut(request, reply);
      return { authenticated: false, version };
    },
  );

  app.get(
    '/login',
    {
      schema: {
        tags,
        summary: 'One-time login link, printed by the service',
        security: [],
        querystring: z.object({ key: z.string().max(200).default('') }),
      },
    },
    async (request, reply) => {
      if (!keys.use(request.query.key)) {
        await auth.limit.countWrongSecret(request, request.query.key);
        return reply.code(403).type('text/html; charset=utf-8').send(LINK_EXPIRED);
      }
      auth.logIn(reply);
      return reply.redirect('/', 303);
    },
  );
}

/** @throws CodedError TOO_MANY_ATTEMPTS */
async function isAuthenticated(auth: Auth, request: FastifyRequest): Promise<boolean> {
  try {
    return (await auth.authenticateWithoutBody(request, 'read')) !== null;
  } catch (error) {
    if (error instanceof CodedError && error.code === 'UNAUTHORIZED') return false;
    throw error;
  }
}
