import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { errorBodySchema, retriedSchema, sessionSummarySchema } from '../contract/api.ts';
import { errorCodeSchema } from '../contract/errors.ts';
import { stopRequestSchema } from '../contract/preview.ts';
import { actorOf } from './actor.ts';
import { checkName, keyOf, sessionParams } from './names.ts';
import { changedOrResetValues, parametersShape, startValues } from './parameters.ts';
import type { RouteContext } from './ports.ts';
import { SESSION } from './session-route.ts';

const tags = ['actions'];
const config = { access: 'change' } as const;
const responses = {
  200: sessionSummarySchema,
  403: errorBodySchema,
  404: errorBodySchema,
  409: errorBodySchema,
  422: errorBodySchema,
};

/** Actions of the page on a session: only by POST and from the same origin (see `auth.ts`). */
export function registerActionRoutes(
  instance: FastifyInstance,
  { commands, parameterDefaults }: Pick<RouteContext, 'commands' | 'parameterDefaults'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const schema = { tags, params: sessionParams, response: responses };

  app.post(
    `${SESSION}/start`,
    { config, schema: { ...schema, summary: 'Start processing', body: parametersShape.nullish() } },
    async (request, reply) => {
      const key = keyOf(request.params);
      return commands.start(key, startValues(request, reply, parameterDefaults), actorOf(request));
    },
  );

  app.post(
    `${SESSION}/stop`,
    {
      config,
      schema: { ...schema, summary: 'Stop processing', body: stopRequestSchema.nullish() },
    },
    async (request) =>
      commands.stop(keyOf(request.params), actorOf(request), request.body?.running ?? 'cancel'),
  );

  app.post(
    `${SESSION}/resume`,
    {
      config,
      schema: {
        ...schema,
        summary:
          'Resume; given parameters replace those of the last start; parameters that are null or empty are reset',
        body: parametersShape.nullish(),
      },
    },
    async (request, reply) =>
      commands.resume(keyOf(request.params), changedOrResetValues(request, reply), actorOf(request)),
  );

  app.post(
    `${SESSION}/retry`,
    {
      config,
      schema: {
        ...schema,
        summary: 'Retry failed movies: one, all with one cause, or all',
        body: z
          .object({
            base: z.string().optional().describe('name of one movie'),
            code: errorCodeSchema.optional().describe('all movies that failed with this cause'),
          })
          .describe('with neither: all failed movies that are not set aside')
          .nullish(),
        response: { ...responses, 200: retriedSchema },
      },
    },
    async (request) => {
      const { base, code } = request.body ?? {};
      const key = keyOf(request.params);
      const filter = {
        ...(base === undefined ? {} : { base: checkName(base, 'base') }),
        ...(code === undefined ? {} : { code }),
      };
      return { retried: await commands.retry(key, filter, actorOf(request)) };
    },
  );
}
