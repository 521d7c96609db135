import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Maximum number of requests of one connection that have no response yet. Clients and proxies send the next
 * request after the response; thousands in one packet would be answered although nobody reads the responses.
 */
const MAX_PENDING_REQUESTS = 32;

/** Closes connections with too many requests at once, and handles no request of a closed connection. */
export function limitPipelining(app: FastifyInstance): void {
  const pendingRequests = new WeakMap<Socket, number>();
  app.addHook('onRequest', async (request, reply) => {
    const { socket } = request.raw;
    const count = (pendingRequests.get(socket) ?? 0) + 1;
    if (count > MAX_PENDING_REQUESTS) socket.destroy();
    if (socket.destroyed) {
      reply.hijack();
      return reply;
    }
    pendingRequests.set(socket, count);
    reply.raw.once('close', () => pendingRequests.set(socket, (pendingRequests.get(socket) ?? 1) - 1));
  });
}
