import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { failureCausesSchema, movieLogSchema, moviePageSchema } from '../contract/api.ts';
import { CodedError, errorCodeSchema } from '../contract/errors.ts';
import { checkName, keyOf, movieParams, sessionParams } from './names.ts';
import type { RouteContext } from './ports.ts';
import { refusals, SESSION } from './session-route.ts';

const tags = ['review'];
const config = { access: 'read' } as const;

/** Failed movies by cause, and the log of a movie. */
export function registerFailureRoutes(
  instance: FastifyInstance,
  { queries, review }: Pick<RouteContext, 'queries' | 'review'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    `${SESSION}/failures`,
    {
      config,
      schema: {
        tags,
        summary: 'Number of failed movies by cause',
        params: sessionParams,
        response: { 200: failureCausesSchema, ...refusals },
      },
    },
    async (request) => review.failureCauses(keyOf(request.params)),
  );

  app.get(
    `${SESSION}/failures/:code`,
    {
      config,
      schema: {
        tags,
        summary: 'Failed movies with one cause, newest first',
        params: sessionParams.extend({ code: z.union([errorCodeSchema, z.literal('none')]) }),
        querystring: z.object({
          cursor: z.string().max(200).optional().describe('nextCursor of the previous page'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
          aside: z
            .enum(['true', 'false'])
            .default('false')
            .describe('true: only movies that were set aside; false: only the others'),
        }),
        response: { 200: moviePageSchema, ...refusals },
      },
    },
    async (request) => {
      const { cursor, limit, aside } = request.query;
      const { code } = request.params;
      return review.failures(keyOf(request.params), {
        code: code === 'none' ? null : code,
        aside: aside === 'true',
        limit,
        ...(cursor ? { cursor } : {}),
      });
    },
  );

  app.get(
    `${SESSION}/movies/:base/log`,
    {
      config,
      schema: {
        tags,
        summary: 'Worker log of a movie',
        params: movieParams,
        response: { 200: movieLogSchema, ...refusals },
      },
    },
    async (request) => {
      const log = await queries.movieLog(keyOf(request.params), checkName(request.params.base, 'base'));
      if (log === null) throw new CodedError('NO_SUCH_PICTURE', 'No worker has written a log for it.');
      return log;
    },
  );
}
