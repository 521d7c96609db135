import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../contract/errors.ts';
import type { AttemptLimit } from './attempt-limit.ts';
import { LOGIN_SECONDS, type Login, type Logins } from './logins.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** How the request was authenticated; null: not, or not yet. */
    authMethod: AuthMethod | null;
  }
}

/** How a request was authenticated: with the token, or with the cookie of the page. */
export type AuthMethod = 'token' | 'cookie';

/** Access that a route requires: `change` if it changes something. */
export type Access = 'read' | 'change';

const COOKIE = 'cryoem_login';

const digest = (text: string) => createHash('sha256').update(text).digest();
/** Compares in constant time, whatever the position of the difference and the lengths. */
const isEqual = (a: string, b: string) => timingSafeEqual(digest(a), digest(b));

/** The field `access_token` of a query or a body, if there is one. */
function tokensIn(fields: unknown): unknown[] {
  if (typeof fields !== 'object' || fields === null || !Object.hasOwn(fields, 'access_token')) return [];
  return 'access_token' in fields && fields.access_token !== undefined ? [fields.access_token] : [];
}

/** The tokens that are known before the body is read: query, header `access_token`, bearer. */
function tokensOutsideBody(request: FastifyRequest): unknown[] {
  const bearer = /^bearer\s+(?<token>\S.*)$/i.exec(request.headers.authorization ?? '')?.groups?.token;
  const headerTokens = [request.headers.access_token, bearer].filter((token) => token !== undefined);
  return [...tokensIn(request.query), ...headerTokens];
}

/** Whether a browser sent the request from a page of this service. */
function isSameOrigin(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const origin = request.headers.origin;
  if (origin === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === request.host;
}

/** Whether the cookie alone is sufficient to change something. */
const isFromOurPage = (request: FastifyRequest) => request.method === 'POST' && isSameOrigin(request);

/** Reads cookies, and signs them with a key derived from the token, so that a new token ends all logins. */
export async function acceptCookies(app: FastifyInstance, token: string): Promise<void> {
  const key = createHmac('sha256', token).update('cryoem login cookie, version 1').digest();
  await app.register(cookie, { secret: key });
  app.decorateRequest('authMethod', null);
}

interface AuthOptions {
  readonly token: string;
  /** Counts wrong tokens and wrong login keys, on all routes together. */
  readonly limit: AttemptLimit;
  readonly logins: Logins;
}

/** Authenticates requests. */
export class Auth {
  readonly #token: string;
  readonly #logins: Logins;
  readonly limit: AttemptLimit;

  constructor({ token, limit, logins }: AuthOptions) {
    this.#token = token;
    this.#logins = logins;
    this.limit = limit;
  }

  /**
   * Compares a value with the token, and counts a wrong one.
   * @returns whether it is the token
   * @throws CodedError TOO_MANY_ATTEMPTS; UNAUTHORIZED if it is not a string
   */
  async checkToken(request: FastifyRequest, token: unknown): Promise<boolean> {
    if (typeof token === 'string' && isEqual(token, this.#token)) return true;
    await this.limit.countWrongSecret(request, typeof token === 'string' ? token : JSON.stringify(token));
    if (typeof token !== 'string')
      throw new CodedError('UNAUTHORIZED', 'access_token must be a string, and may be given only once.', {
        field: 'access_token',
      });
    return false;
  }

  /**
   * Authenticates a request with all that is known before the body is read. Tokens take precedence: the
   * cookie counts only if no token is given and it is sufficient for the access.
   * @throws CodedError UNAUTHORIZED if a token is wrong, TOO_MANY_ATTEMPTS
   */
  async authenticateWithoutBody(request: FastifyRequest, access: Access): Promise<AuthMethod | null> {
    const hasToken = await this.#checkTokens(request, tokensOutsideBody(request));
    if (hasToken) request.authMethod = 'token';
    else if (this.loginOf(request) && (access === 'read' || isFromOurPage(request)))
      request.authMethod = 'cookie';
    return request.authMethod;
  }

  /**
   * Authenticates a request with its body, which may contain a token.
   * @throws CodedError UNAUTHORIZED, TOO_MANY_ATTEMPTS, or CROSS_SITE if the cookie alone is not sufficient
   */
  async authenticateWithBody(request: FastifyRequest): Promise<void> {
    if (await this.#checkTokens(request, tokensIn(request.body))) request.authMethod = 'token';
    if (request.authMethod === null) throw this.refusal(request);
  }

  /** The error for a request without a token. */
  refusal(request: FastifyRequest): CodedError {
    return new CodedError(this.loginOf(request) ? 'CROSS_SITE' : 'UNAUTHORIZED', '');
  }

  /** The login in the request's cookie, unless it has ended. */
  loginOf(request: FastifyRequest): Login | null {
    const { valid, value } = request.unsignCookie(request.cookies[COOKIE] ?? '');
    return valid && value !== null ? this.#logins.find(value) : null;
  }

  logIn(reply: FastifyReply): void {
    const options = { path: '/', httpOnly: true, sameSite: 'strict', secure: 'auto', signed: true } as const;
    reply.setCookie(COOKIE, this.#logins.create(), { ...options, maxAge: LOGIN_SECONDS });
  }

  /** Ends the login for all copies of the cookie. */
  async logOut(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const login = this.loginOf(request);
    if (login) await this.#logins.end(login, request.log);
    reply.clearCookie(COOKIE, { path: '/', httpOnly: true, sameSite: 'strict', secure: 'auto' });
  }

  /** Calls the listener when the login by which the request was authenticated ends. */
  onLoginEnd(request: FastifyRequest, listener: () => void): () => void {
    const login = request.authMethod === 'cookie' ? this.loginOf(request) : null;
    return login ? this.#logins.onEnd(login, listener) : () => undefined;
  }

  /** @returns false if there are none @throws CodedError UNAUTHORIZED if one is wrong, TOO_MANY_ATTEMPTS */
  async #checkTokens(request: FastifyRequest, tokens: readonly unknown[]): Promise<boolean> {
    for (const token of tokens)
      if (!(await this.checkToken(request, token))) throw new CodedError('UNAUTHORIZED', '');
    return tokens.length > 0;
  }
}
