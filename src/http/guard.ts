import type { FastifyInstance } from 'fastify';
import type { Access, Auth } from './auth.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route asks of a request; a route that says nothing is held to the stricter `change`. */
    access?: Access;
  }
}

/** Every route of this instance asks for the token. After the body is read, since the token may be in it. */
export function guardRoutes(app: FastifyInstance, auth: Auth): void {
  app.addHook('preValidation', async (request) => {
    await auth.check(request, request.routeOptions.config.access ?? 'change');
  });
}
