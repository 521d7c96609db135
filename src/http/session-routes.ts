import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  movieDetailSchema,
  moviePageSchema,
  seriesSchema,
  sessionDetailSchema,
  sessionGainCheckSchema,
} from '../contract/api.ts';
import { CodedError } from '../contract/errors.ts';
import { movieStateSchema } from '../contract/states.ts';
import { checkName, keyOf, movieParams, sessionParams } from './names.ts';
import type { RouteContext } from './ports.ts';
import { refusals, SESSION } from './session-route.ts';

const tags = ['sessions'];
const config = { access: 'read' } as const;

/** Rows per response: limits the cost of a request. */
const MAX_ROWS = 5000;
const MAX_MOVIES = 1000;

const movieQuery = z.object({
  cursor: z.string().max(200).optional().describe('nextCursor of the previous page'),
  limit: z.coerce.number().int().min(1).max(MAX_MOVIES).default(100),
  order: z.enum(['newest', 'oldest']).default('newest'),
  state: movieStateSchema.optional(),
});

const seriesQuery = z.object({
  after: z.coerce.number().int().min(-1).default(-1).describe('seq of the last known row'),
  limit: z.coerce.number().int().min(1).max(MAX_ROWS).default(1000),
});

/** One session and its movies. */
export function registerSessionRoutes(
  instance: FastifyInstance,
  {
    queries,
    parameterDefaults,
    heavyResponses,
  }: Pick<RouteContext, 'queries' | 'parameterDefaults' | 'heavyResponses'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    SESSION,
    {
      config,
      schema: {
        tags,
        summary: 'One session, with its parameters and the suggested values of the start form',
        params: sessionParams,
        response: { 200: sessionDetailSchema, ...refusals },
      },
    },
    async (request) => {
      const detail = await queries.detail(keyOf(request.params));
      if (!detail) throw new CodedError('NO_SUCH_SESSION', '');
      const fromConfig = Object.entries(parameterDefaults).map(
        ([name, value]) => [name, { value, source: 'config file' }] as const,
      );
      return { ...detail, suggested: { ...Object.fromEntries(fromConfig), ...detail.suggested } };
    },
  );

  app.get(
    `${SESSION}/gain`,
    {
      config,
      schema: {
        tags,
        summary: 'Gain orientation, checked with the counts of the movies',
        params: sessionParams,
        response: { 200: sessionGainCheckSchema, ...refusals },
      },
    },
    async (request) => {
      const gainCheck = await queries.gain(keyOf(request.params));
      if (!gainCheck) throw new CodedError('NO_SUCH_SESSION', '');
      return gainCheck;
    },
  );

  app.get(
    `${SESSION}/movies`,
    {
      config,
      schema: {
        tags,
        summary: 'Movies, page by page',
        params: sessionParams,
        querystring: movieQuery,
        response: { 200: moviePageSchema, ...refusals },
      },
    },
    async (request) => {
      const { cursor, limit, order, state } = request.query;
      const key = keyOf(request.params);
      return queries.movies(key, {
        limit,
        order,
        ...(cursor ? { cursor } : {}),
        ...(state ? { state } : {}),
      });
    },
  );

  app.get(
    `${SESSION}/series`,
    {
      config,
      schema: {
        tags,
        summary: 'Finished movies for plots, oldest first; an empty list if there are no more',
        params: sessionParams,
        querystring: seriesQuery,
        response: { 200: seriesSchema, ...refusals },
      },
    },
    async (request, reply) => {
      const { after, limit } = request.query;
      return heavyResponses.make(reply, () => queries.series(keyOf(request.params), after, limit));
    },
  );

  app.get(
    `${SESSION}/movies/:base`,
    {
      config,
      schema: {
        tags,
        summary: 'One movie with its result record',
        params: movieParams,
        response: { 200: movieDetailSchema, ...refusals },
      },
    },
    async (request) => queries.movie(keyOf(request.params), checkName(request.params.base, 'base')),
  );
}
