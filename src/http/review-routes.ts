import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  errorBodySchema,
  failureCausesSchema,
  movieLogSchema,
  moviePageSchema,
  reviewedSchema,
  reviewRequestSchema,
} from '../contract/api.ts';
import { encodeColumns } from '../contract/columns.ts';
import { CodedError, errorCodeSchema } from '../contract/errors.ts';
import { timelineSchema } from '../contract/review.ts';
import { actorOf } from './actor.ts';
import { checkName, keyOf, movieParams, sessionParams } from './names.ts';
import type { RouteContext } from './ports.ts';

const tags = ['review'];
const SESSION = '/api/v1/sessions/:project/:user/:session';
const refusals = { 403: errorBodySchema, 404: errorBodySchema, 422: errorBodySchema };
const config = { access: 'read' } as const;

/** Names of many movies: 100,000 of the longest that EPU gives. */
const REVIEW_BODY_BYTES = 16 * 1024 * 1024;
/** Movies of one answer: some 20 ms of work, and under a megabyte. */
const MOST_COLUMNS = 10_000;

/** What reviewing a session needs beyond its rows: columns, decisions, failures by cause, logs, what happened. */
export function registerReviewRoutes(
  instance: FastifyInstance,
  { queries, review }: Pick<RouteContext, 'queries' | 'review'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    `${SESSION}/columns`,
    {
      config,
      schema: {
        tags,
        summary:
          'Good results as typed columns (layout: src/contract/columns.ts), for plots of large sessions',
        params: sessionParams,
        querystring: z.object({
          after: z.coerce.number().int().min(-1).default(-1).describe('seq of the last row that is known'),
          limit: z.coerce.number().int().min(1).max(MOST_COLUMNS).default(MOST_COLUMNS),
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
      const columns = await queries.columns(keyOf(request.params), after, limit);
      reply.type('application/octet-stream').header('cache-control', 'no-store');
      return reply.send(Buffer.from(encodeColumns(columns).buffer));
    },
  );

  app.post(
    `${SESSION}/reviews`,
    {
      config: { access: 'change' },
      bodyLimit: REVIEW_BODY_BYTES,
      schema: {
        tags,
        summary: 'Accept or reject movies, take that back, comment; what is left out stays as it was',
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
    `${SESSION}/failures`,
    {
      config,
      schema: {
        tags,
        summary: 'Failed movies by cause, counted',
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
        summary: 'Failed movies of one cause, newest first',
        params: sessionParams.extend({ code: z.union([errorCodeSchema, z.literal('none')]) }),
        querystring: z.object({
          cursor: z.string().max(200).optional().describe('nextCursor of the page before'),
          limit: z.coerce.number().int().min(1).max(200).default(50),
          aside: z.enum(['true', 'false']).default('false').describe('those that a person set aside'),
        }),
        response: { 200: moviePageSchema, ...refusals },
      },
    },
    async (request) => {
      const { cursor, limit, aside } = request.query;
      const { code } = request.params;
      return review.failures(keyOf(request.params), {
        ...{ code: code === 'none' ? null : code, aside: aside === 'true', limit },
        ...(cursor ? { cursor } : {}),
      });
    },
  );

  app.get(
    `${SESSION}/timeline`,
    {
      config,
      schema: {
        tags,
        summary: 'What happened to the session, when and by whom, newest first',
        params: sessionParams,
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(1000).default(200) }),
        response: { 200: timelineSchema, ...refusals },
      },
    },
    async (request) => queries.timeline(keyOf(request.params), request.query.limit),
  );

  app.get(
    `${SESSION}/movies/:base/log`,
    {
      config,
      schema: {
        tags,
        summary: 'What the worker of a movie wrote',
        params: movieParams,
        response: { 200: movieLogSchema, ...refusals },
      },
    },
    async (request) => {
      const log = await queries.movieLog(keyOf(request.params), checkName(request.params.base, 'base'));
      if (log === null) throw new CodedError('NO_SUCH_PICTURE', 'No log of it is kept.');
      return log;
    },
  );
}
