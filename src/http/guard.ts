import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Access, Auth } from './auth.ts';
import { mayContainToken } from './bodies.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Access that the route requires; default: `change`, the stricter one. */
    access?: Access;
  }
}

const accessOf = (request: FastifyRequest): Access => request.routeOptions.config.access ?? 'change';

/**
 * Requires authentication on every route of this instance, before the body is read. The exception is a small
 * body, which may contain the token: it is read first, with the limit of `limitUnauthenticatedBodies`.
 */
export function guardRoutes(app: FastifyInstance, auth: Auth): void {
  app.addHook('onRequest', async (request) => {
    const method = await auth.authenticateWithoutBody(request, accessOf(request));
    if (method === null && !mayContainToken(request)) throw auth.refusal(request);
  });
  app.addHook('preValidation', async (request) => auth.authenticateWithBody(request));
}
