import type { FastifyInstance } from 'fastify';
import type { Access, Auth } from './auth.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Access that the route requires; default: `change`, the stricter one. */
    access?: Access;
  }
}

/**
 * Requires authentication on every route of this instance, after the body is read, because it may contain the
 * token.
 */
export function guardRoutes(app: FastifyInstance, auth: Auth): void {
  app.addHook('preValidation', async (request) => {
    await auth.check(request, request.routeOptions.config.access ?? 'change');
  });
}
