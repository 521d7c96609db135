import { createHash } from 'node:crypto';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError } from '../contract/errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The secret that this request got wrong; empty: none yet. */
    wrongSecret: string;
  }
}

/**
 * After this many different wrong secrets from one address, no further secret is compared until the window
 * ends.
 */
const MAX_DIFFERENT_SECRETS = 10;
const WINDOW_MS = 60_000;
/** Addresses, and secrets of addresses, that are remembered: bounds the memory that a flood can take. */
const MAX_REMEMBERED = 10_000;

const digest = (secret: string) => createHash('sha256').update(secret).digest('base64');
/** A client that has gone has no address any more. */
const addressOf = (request: FastifyRequest) => normalizeIP(request.ip ?? '');

/** Limits how many secrets an address can try. An address is one IPv4 address or one IPv6 network (/64). */
export interface AttemptLimit {
  /** @throws CodedError TOO_MANY_ATTEMPTS */
  check(request: FastifyRequest): Promise<void>;
  /**
   * Counts a wrong secret, unless the address has sent the same one in this window: a program with an
   * outdated token that asks every second must not lock out its neighbours behind the same address.
   */
  failed(request: FastifyRequest, secret: string): Promise<void>;
}

export async function createAttemptLimit(app: FastifyInstance): Promise<AttemptLimit> {
  await app.register(rateLimit, { global: false, timeWindow: WINDOW_MS, cache: MAX_REMEMBERED });
  app.decorateRequest('wrongSecret', '');
  const different = app.createRateLimit({ max: MAX_DIFFERENT_SECRETS, keyGenerator: addressOf });
  const repeated = app.createRateLimit({
    max: 1,
    keyGenerator: (request) => `${addressOf(request)} ${digest(request.wrongSecret)}`,
  });

  return {
    async check(request) {
      const state = await different(request, { increment: false });
      if (!state.isAllowed && state.remaining === 0) throw new CodedError('TOO_MANY_ATTEMPTS', '');
    },
    async failed(request, secret) {
      request.wrongSecret = secret;
      const state = await repeated(request);
      if (!state.isAllowed && !state.isExceeded) await different(request);
    },
  };
}
