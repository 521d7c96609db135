import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../contract/errors.ts';
import { AttemptLimit } from './attempt-limit.ts';

/** How a request showed who it is: with the token itself, or with the cookie of the page. */
export type AuthWay = 'token' | 'cookie';

/** What a route asks of a request: `change` for routes that change something. */
export type Access = 'read' | 'change';

const COOKIE = 'cryoem_login';
const COOKIE_SECONDS = 30 * 24 * 3600;

const digest = (text: string) => createHash('sha256').update(text).digest();
/** Takes the same time wherever the texts differ, and whatever their lengths. */
const equal = (a: string, b: string) => timingSafeEqual(digest(a), digest(b));

type Bag = Readonly<Record<string, unknown>> | null | undefined;

/** Every token that a request carries: query, form or JSON body, header `access_token`, bearer. */
function tokensOf(request: FastifyRequest): unknown[] {
  const bearer = /^bearer\s+(?<token>\S.*)$/i.exec(request.headers.authorization ?? '')?.groups?.token;
  const body = typeof request.body === 'object' ? (request.body as Bag)?.access_token : undefined;
  const all = [(request.query as Bag)?.access_token, body, request.headers.access_token, bearer];
  return all.filter((token) => token !== undefined);
}

function cookieOf(request: FastifyRequest): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1];
}

/** Whether a browser sent the request from a page of this very service. */
export function isSameOrigin(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const origin = request.headers.origin;
  if (origin === undefined || !URL.canParse(origin)) return false;
  return new URL(origin).host === request.host;
}

/** Who may do what. The cookie is signed with a key made of the token, so that a new token ends all logins. */
export class Auth {
  readonly #token: string;
  readonly #cookieKey: Buffer;
  /** Of wrong tokens and login keys, on whatever route they are tried. */
  readonly limit = new AttemptLimit();

  constructor(token: string) {
    this.#token = token;
    this.#cookieKey = createHmac('sha256', token).update('cryoem login cookie, version 1').digest();
  }

  /** @throws CodedError TOO_MANY_ATTEMPTS */
  isToken(address: string, token: unknown): boolean {
    this.limit.check(address);
    if (typeof token === 'string' && equal(token, this.#token)) return true;
    this.limit.failed(address, String(token));
    return false;
  }

  /** A token that is given decides; the cookie counts only where none is. @throws CodedError TOO_MANY_ATTEMPTS */
  wayOf(request: FastifyRequest): AuthWay | null {
    const tokens = tokensOf(request);
    if (tokens.length > 0) return tokens.every((token) => this.isToken(request.ip, token)) ? 'token' : null;
    return this.#isCookie(cookieOf(request)) ? 'cookie' : null;
  }

  /** @throws CodedError UNAUTHORIZED, TOO_MANY_ATTEMPTS, or CROSS_SITE where a cookie alone must not be enough */
  check(request: FastifyRequest, access: Access): void {
    const way = this.wayOf(request);
    if (way === null) throw new CodedError('UNAUTHORIZED', '');
    if (way === 'cookie' && access === 'change' && !(request.method === 'POST' && isSameOrigin(request)))
      throw new CodedError('CROSS_SITE', '');
  }

  setCookie(request: FastifyRequest, reply: FastifyReply): void {
    const expires = String(Math.floor(Date.now() / 1000) + COOKIE_SECONDS);
    reply.header('set-cookie', this.#cookie(request, `${expires}.${this.#sign(expires)}`, COOKIE_SECONDS));
  }

  clearCookie(request: FastifyRequest, reply: FastifyReply): void {
    reply.header('set-cookie', this.#cookie(request, '', 0));
  }

  #cookie(request: FastifyRequest, value: string, seconds: number): string {
    const secure = request.protocol === 'https' ? '; Secure' : '';
    return `${COOKIE}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
  }

  #sign(expires: string): string {
    return createHmac('sha256', this.#cookieKey).update(expires).digest('base64url');
  }

  #isCookie(value: string | undefined): boolean {
    const [expires, signature] = value?.split('.') ?? [];
    if (!expires || !signature || !equal(signature, this.#sign(expires))) return false;
    return Number(expires) * 1000 > Date.now();
  }
}
