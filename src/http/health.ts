import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { SessionService } from '../sessions/service.ts';

const healthSchema = z.object({ status: z.enum(['ok', 'not_ready']) });

/** Routes without authentication: they only report whether the service is running. */
export function registerHealth(instance: FastifyInstance, sessions: Pick<SessionService, 'ready'>): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const tags = ['operation'];
  app.get(
    '/healthz',
    { schema: { tags, summary: 'The process responds', security: [], response: { 200: healthSchema } } },
    async () => ({ status: 'ok' as const }),
  );
  app.get(
    '/readyz',
    {
      schema: {
        tags,
        summary: 'The ledger is open and the sessions are loaded',
        security: [],
        response: { 200: healthSchema, 503: healthSchema },
      },
    },
    async (_request, reply) => {
      if (sessions.ready()) return { status: 'ok' as const };
      return reply.code(503).send({ status: 'not_ready' as const });
    },
  );
}
