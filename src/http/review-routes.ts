import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { reviewedSchema, reviewRequestSchema } from '../contract/api.ts';
import { encodeColumns } from '../contract/columns.ts';
import { timelineSchema } from '../contract/review.ts';
import { actorOf } from './actor.ts';
import { keyOf, sessionParams } from './names.ts';
import type { RouteContext } from './ports.ts';
import { refusals, SESSION } from './session-route.ts';

const tags = ['review'];
const config = { access: 'read' } as const;

/** Maximum size of a request: reviews of 100,000 movies with the longest names that EPU uses. */
const MAX_REVIEW_BYTES = 16 * 1024 * 1024;
/** Movies per response: about 20 ms of work, and less than a megabyte. */
const MAX_MOVIES = 10_000;

/** Review of a session: its results as columns, decisions about movies, the timeline. */
export function registerReviewRoutes(
  instance: FastifyInstance,
  { queries, review, heavyResponses }: Pick<RouteContext, 'queries' | 'review' | 'heavyResponses'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    `${SESSION}/columns`,
    {
      config,
      schema: {
        tags,
        summary: 'Results as typed columns (layout: src/contract/columns.ts), for plots of large sessions',
        params: sessionParams,
        querystring: z.object({
          after: z.coerce.number().int().min(-1).default(-1).describe('seq of the last known row'),
          limit: z.coerce.number().int().min(1).max(MAX_MOVIES).default(MAX_MOVIES),
        }),
        response: {
          200: {
            description: 'The columns',
            content: { 'application/octet-stream': { schema: z.any().meta({ format: 'binary' }) } },
          },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { after, limit } = request.query;
      const columns = await heavyResponses.make(reply, () =>
        queries.columns(keyOf(request.params), after, limit),
      );
      reply.type('application/octet-stream').header('cache-control', 'no-store');
      return reply.send(Buffer.from(encodeColumns(columns).buffer));
    },
  );

  app.post(
    `${SESSION}/reviews`,
    {
      config: { access: 'change' },
      bodyLimit: MAX_REVIEW_BYTES,
      schema: {
        tags,
        summary: 'Accept or reject movies, undo a review, comment; omitted fields are unchanged',
        params: sessionParams,
        body: reviewRequestSchema,
        response: { 200: reviewedSchema, ...refusals },
      },
    },
    async (request) => {
      const { bases, ...change } = request.body;
      const key = keyOf(request.params);
      return { reviewed: await review.decide(key, bases, change, actorOf(request)) };
    },
  );

  app.get(
    `${SESSION}/timeline`,
    {
      config,
      schema: {
        tags,
        summary: 'Timeline: what happened to the session, when, and who did it; newest first',
        params: sessionParams,
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(200) }),
        response: { 200: timelineSchema, ...refusals },
      },
    },
    async (request) => queries.timeline(keyOf(request.params), request.query.limit),
  );
}
