import type { FastifyInstance } from 'fastify';
import type { Histogram } from 'prom-client';
import { pathOf } from './redact.ts';

/**
 * Logs and measures each request, without its query, which may contain the token. Successful reads are logged
 * at level debug only, because an open page sends them continuously.
 */
export function logRequests(
  app: FastifyInstance,
  requests: Histogram<string>,
  redact: (text: string) => string,
): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const { method } = request;
    const status = reply.statusCode;
    requests.observe({ method, route, status }, reply.elapsedTime / 1000);
    const ms = Math.round(reply.elapsedTime);
    const level = method === 'GET' && status < 400 && !route.endsWith('-processing') ? 'debug' : 'info';
    request.log[level]({ method, path: redact(pathOf(request)), status, ms, ip: request.ip }, 'request');
  });
}
