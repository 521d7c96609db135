import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import {
  errorBodySchema,
  executorListSchema,
  parameterListSchema,
  sessionListSchema,
} from '../contract/api.ts';
import { PARAMETER_TABLE } from '../contract/parameters.ts';
import type { RouteContext } from './ports.ts';

/** What `affects` says of the parameter `executor`: the word of the first version of the API. */
const EXECUTOR_IN_API = 'place';
const tags = ['sessions'];
const config = { access: 'read' } as const;

/** What belongs to no single session: parameters, executors, the list of all sessions. */
export function registerFacilityRoutes(
  instance: FastifyInstance,
  { queries, parameterDefaults }: Pick<RouteContext, 'queries' | 'parameterDefaults'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    '/api/v1/parameters',
    {
      config,
      schema: {
        tags,
        summary: 'Declarations of the parameters',
        response: { 200: parameterListSchema, 403: errorBodySchema },
      },
    },
    async () => ({
      parameters: PARAMETER_TABLE.map((p) => ({
        ...p,
        choices: p.choices && [...p.choices],
        pattern: p.pattern && [...p.pattern],
        affects: p.affects === 'executor' ? EXECUTOR_IN_API : p.affects,
      })),
      defaults: { ...parameterDefaults } as Record<string, string | number | boolean>,
    }),
  );

  app.get(
    '/api/v1/executors',
    {
      config,
      schema: {
        tags,
        summary: 'Where batches run, and how each place fares',
        response: { 200: executorListSchema, 403: errorBodySchema },
      },
    },
    async () => queries.executors(),
  );

  app.get(
    '/api/v1/sessions',
    {
      config,
      schema: { tags, summary: 'All sessions', response: { 200: sessionListSchema, 403: errorBodySchema } },
    },
    async () => queries.all(),
  );
}
