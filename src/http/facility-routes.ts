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

/** Value of `affects` for the parameter `executor` in API v1, kept for compatibility. */
const EXECUTOR_IN_API = 'place';
const tags = ['sessions'];
const config = { access: 'read' } as const;

const withoutUndefined = <Value>(
  values: Readonly<Record<string, Value | undefined>>,
): Record<string, Value> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

/** Routes that are not specific to a session: parameters, executors, the list of all sessions. */
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
      defaults: withoutUndefined(parameterDefaults),
    }),
  );

  app.get(
    '/api/v1/executors',
    {
      config,
      schema: {
        tags,
        summary: 'Executors with their health, slots and queue',
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
