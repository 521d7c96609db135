import type { FastifyReply } from 'fastify';

/** Aborts when the client disconnects before it has the response. */
export function untilDisconnected(reply: FastifyReply): AbortSignal {
  const controller = new AbortController();
  reply.raw.once('close', () => controller.abort());
  return controller.signal;
}
