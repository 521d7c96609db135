import { createHash } from 'node:crypto';
import rateLimit, { normalizeIP } from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { CodedError } from '../contract/errors.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The wrong secret in this request; empty: none was found yet. */
    wrongSecret: string;
  }
}

/** Maximum number of different wrong secrets from one address within the window. */
const MAX_DIFFERENT_SECRETS = 10;
/**
 * Same limit for one connected peer, whatever client addresses it forwards: any program on this machine can
 * forge them. A reverse proxy with many clients normally stays below this limit.
 */
const MAX_DIFFERENT_SECRETS_OF_PEER = 100;
const WINDOW_MS = 60_000;
/** Maximum number of addresses, and of pairs of address and secret, that are remembered during a flood. */
const MAX_REMEMBERED = 10_000;

const digest = (secret: string) => createHash('sha256').update(secret).digest('base64');
/** A client that has disconnected no longer has an address. */
const addressOf = (request: FastifyRequest) => normalizeIP(request.ip ?? '');
const peerOf = (request: FastifyRequest) => normalizeIP(request.socket.remoteAddress ?? '');

/**
 * Limits wrong secrets. A correct secret is never refused, because anybody on the same machine or behind the
 * same proxy could otherwise lock out the others; its entropy protects it from being guessed
 * (`cli/config-errors.ts`). An address is one IPv4 address or one IPv6 network (/64).
 */
export interface AttemptLimit {
  /**
   * Counts a wrong secret, unless the address has sent the same one in this window: a program
   * that sends an outdated token every second must not use up the limit of other clients at its address.
   * @throws CodedError TOO_MANY_ATTEMPTS beyond the limit
   */
  countWrongSecret(request: FastifyRequest, secret: string): Promise<void>;
}

export async function createAttemptLimit(app: FastifyInstance): Promise<AttemptLimit> {
  await app.register(rateLimit, { global: false, timeWindow: WINDOW_MS, cache: MAX_REMEMBERED });
  app.decorateRequest('wrongSecret', '');
  const limits = [
    app.createRateLimit({ max: MAX_DIFFERENT_SECRETS, keyGenerator: addressOf }),
    app.createRateLimit({ max: MAX_DIFFERENT_SECRETS_OF_PEER, keyGenerator: peerOf }),
  ];
  const repetitionLimit = app.createRateLimit({
    max: 1,
    keyGenerator: (request) => `${addressOf(request)} ${digest(request.wrongSecret)}`,
  });

  return {
    async countWrongSecret(request, secret) {
      request.wrongSecret = secret;
      const repetition = await repetitionLimit(request);
      const isNew = !repetition.isAllowed && !repetition.isExceeded;
      const states = [];
      for (const limit of limits) states.push(await limit(request, { increment: isNew }));
      const isLimitExceeded = states.some(
        (state) => !state.isAllowed && (isNew ? state.isExceeded : state.remaining === 0),
      );
      if (isLimitExceeded) throw new CodedError('TOO_MANY_ATTEMPTS', '');
    },
  };
}
