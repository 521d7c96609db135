import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../contract/errors.ts';
import type { AttemptLimit } from './attempt-limit.ts';

/** How a request was authenticated: with the token, or with the cookie of the page. */
export type AuthMethod = 'token' | 'cookie';

/** Access that a route requires: `change` if it changes something. */
export type Access = 'read' | 'change';

const COOKIE = 'cryoem_login';
const COOKIE_SECONDS = 30 * 24 * 3600;

const digest = (text: string) => createHash('sha256').update(text).digest();
/** Compares in constant time, whatever the lengths and the position of the first difference. */
const isEqual = (a: string, b: string) => timingSafeEqual(digest(a), digest(b));

/** The field `access_token` of a query or a body. */
function tokenIn(fields: unknown): unknown {
  return typeof fields === 'object' && fields !== null && 'access_token' in fields
    ? fields.access_token
    : undefined;
}

/** All tokens in a request: query, form or JSON body, header `access_token`, bearer. */
function tokensOf(request: FastifyRequest): unknown[] {
  const bearer = /^bearer\s+(?<token>\S.*)$/i.exec(request.headers.authorization ?? '')?.groups?.token;
  const all = [tokenIn(request.query), tokenIn(request.body), request.headers.access_token, bearer];
  return all.filter((token) => token !== undefined);
}

/** Whether a browser sent the request from a page of this service. */
function isSameOrigin(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const origin = request.headers.origin;
  if (origin === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === request.host;
}

/** Reads cookies, and signs them with a key derived from the token, so that a new token ends all logins. */
export async function acceptCookies(app: FastifyInstance, token: string): Promise<void> {
  const key = createHmac('sha256', token).update('cryoem login cookie, version 1').digest();
  await app.register(cookie, { secret: key });
}

/** Authenticates requests. */
export class Auth {
  readonly #token: string;
  /** Counts wrong tokens and login keys, on all routes together. */
  readonly limit: AttemptLimit;

  constructor(token: string, limit: AttemptLimit) {
    this.#token = token;
    this.limit = limit;
  }

  /** @throws CodedError TOO_MANY_ATTEMPTS */
  async isToken(request: FastifyRequest, token: unknown): Promise<boolean> {
    await this.limit.check(request);
    if (typeof token === 'string' && isEqual(token, this.#token)) return true;
    await this.limit.countWrong(request, String(token));
    return false;
  }

  /**
   * Tokens take precedence: the cookie counts only if no token is given.
   * @throws CodedError TOO_MANY_ATTEMPTS
   */
  async methodOf(request: FastifyRequest): Promise<AuthMethod | null> {
    const tokens = tokensOf(request);
    for (const token of tokens) if (!(await this.isToken(request, token))) return null;
    if (tokens.length > 0) return 'token';
    return hasLoginCookie(request) ? 'cookie' : null;
  }

  /**
   * @throws CodedError UNAUTHORIZED, TOO_MANY_ATTEMPTS, or CROSS_SITE if the cookie alone is not sufficient
   */
  async check(request: FastifyRequest, access: Access): Promise<void> {
    const method = await this.methodOf(request);
    if (method === null) throw new CodedError('UNAUTHORIZED', '');
    if (method === 'cookie' && access === 'change' && !(request.method === 'POST' && isSameOrigin(request)))
      throw new CodedError('CROSS_SITE', '');
  }
}

export function setLoginCookie(reply: FastifyReply): void {
  const expiresS = Math.floor(Date.now() / 1000) + COOKIE_SECONDS;
  const options = { path: '/', httpOnly: true, sameSite: 'strict', secure: 'auto', signed: true } as const;
  reply.setCookie(COOKIE, String(expiresS), { ...options, maxAge: COOKIE_SECONDS });
}

export function clearLoginCookie(reply: FastifyReply): void {
  reply.clearCookie(COOKIE, { path: '/', httpOnly: true, sameSite: 'strict', secure: 'auto' });
}

function hasLoginCookie(request: FastifyRequest): boolean {
  const { valid, value } = request.unsignCookie(request.cookies[COOKIE] ?? '');
  return valid && Number(value) * 1000 > Date.now();
}
