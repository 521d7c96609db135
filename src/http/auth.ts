import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import cookie from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../contract/errors.ts';
import type { AttemptLimit } from './attempt-limit.ts';

/** How a request showed who it is: with the token itself, or with the cookie of the page. */
export type AuthWay = 'token' | 'cookie';

/** What a route asks of a request: `change` for routes that change something. */
export type Access = 'read' | 'change';

const COOKIE = 'cryoem_login';
const COOKIE_SECONDS = 30 * 24 * 3600;

const digest = (text: string) => createHash('sha256').update(text).digest();
/** Takes the same time wherever the texts differ, and whatever their lengths. */
const equal = (a: string, b: string) => timingSafeEqual(digest(a), digest(b));

/** The field `access_token` of a query or a body. */
function tokenIn(fields: unknown): unknown {
  return typeof fields === 'object' && fields !== null && 'access_token' in fields
    ? fields.access_token
    : undefined;
}

/** Every token that a request carries: query, form or JSON body, header `access_token`, bearer. */
function tokensOf(request: FastifyRequest): unknown[] {
  const bearer = /^bearer\s+(?<token>\S.*)$/i.exec(request.headers.authorization ?? '')?.groups?.token;
  const all = [tokenIn(request.query), tokenIn(request.body), request.headers.access_token, bearer];
  return all.filter((token) => token !== undefined);
}

/** Whether a browser sent the request from a page of this very service. */
function isSameOrigin(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const origin = request.headers.origin;
  if (origin === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === request.host;
}

/** Lets the instance read cookies and sign them with a key made of the token, so that a new token ends all logins. */
export async function acceptCookies(app: FastifyInstance, token: string): Promise<void> {
  const key = createHmac('sha256', token).update('cryoem login cookie, version 1').digest();
  await app.register(cookie, { secret: key });
}

/** Who may do what. */
export class Auth {
  readonly #token: string;
  /** Of wrong tokens and login keys, on whatever route they are tried. */
  readonly limit: AttemptLimit;

  constructor(token: string, limit: AttemptLimit) {
    this.#token = token;
    this.limit = limit;
  }

  /** @throws CodedError TOO_MANY_ATTEMPTS */
  async isToken(request: FastifyRequest, token: unknown): Promise<boolean> {
    await this.limit.check(request);
    if (typeof token === 'string' && equal(token, this.#token)) return true;
    await this.limit.failed(request, String(token));
    return false;
  }

  /** A token that is given decides; the cookie counts only where none is. @throws CodedError TOO_MANY_ATTEMPTS */
  async wayOf(request: FastifyRequest): Promise<AuthWay | null> {
    const tokens = tokensOf(request);
    for (const token of tokens) if (!(await this.isToken(request, token))) return null;
    if (tokens.length > 0) return 'token';
    return hasLoginCookie(request) ? 'cookie' : null;
  }

  /** @throws CodedError UNAUTHORIZED, TOO_MANY_ATTEMPTS, or CROSS_SITE where a cookie alone must not be enough */
  async check(request: FastifyRequest, access: Access): Promise<void> {
    const way = await this.wayOf(request);
    if (way === null) throw new CodedError('UNAUTHORIZED', '');
    if (way === 'cookie' && access === 'change' && !(request.method === 'POST' && isSameOrigin(request)))
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
