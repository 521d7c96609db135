import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SessionService } from '../sessions/service.ts';
import type { Auth } from './auth.ts';

const healthSchema = z.object({
  status: z.enum(['ok', 'degraded']).describe('degraded: files of some sessions do not respond'),
  fileSystems: z.array(z.string()).optional().describe('mount points of the files that do not respond'),
  folders: z.array(z.string()).optional().describe('with the token only: the folders that do not respond'),
});
const readinessSchema = z.object({ status: z.enum(['ok', 'not_ready']) });

/**
 * Routes without authentication: they only report whether the service is running, and which file system does
 * not respond. Names of sessions require the token.
 */
export function registerHealth(
  instance: FastifyInstance,
  sessions: Pick<SessionService, 'ready' | 'stuck'>,
  auth: Pick<Auth, 'authenticateWithoutBody'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const tags = ['operation'];
  app.get(
    '/healthz',
    { schema: { tags, summary: 'The process responds', security: [], response: { 200: healthSchema } } },
    async (request) => {
      const stuck = sessions.stuck();
      if (stuck.length === 0) return { status: 'ok' as const };
      const fileSystems = [...new Set(stuck.map(({ fileSystem }) => fileSystem))];
      const folders = stuck.map(({ folder }) => folder);
      const hasToken = await isAuthenticated(request, auth);
      return { status: 'degraded' as const, fileSystems, ...(hasToken ? { folders } : {}) };
    },
  );
  app.get(
    '/readyz',
    {
      schema: {
        tags,
        summary: 'The ledger is open and the sessions are loaded',
        security: [],
        response: { 200: readinessSchema, 503: readinessSchema },
      },
    },
    async (_request, reply) => {
      if (sessions.ready()) return { status: 'ok' as const };
      return reply.code(503).send({ status: 'not_ready' as const });
    },
  );
}

/** A wrong token is counted as on other routes; the health is reported anyway. */
async function isAuthenticated(
  request: FastifyRequest,
  auth: Pick<Auth, 'authenticateWithoutBody'>,
): Promise<boolean> {
  try {
    return (await auth.authenticateWithoutBody(request, 'read')) !== null;
  } catch {
    return false;
  }
}
