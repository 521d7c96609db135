import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  errorBodySchema,
  executorListSchema,
  parameterListSchema,
  sessionListSchema,
} from '../contract/api.ts';
import { PARAMETER_TABLE } from '../contract/parameters.ts';
import type { RouteContext } from './ports.ts';
import { SessionListResponses } from './session-list.ts';

/** Value of `affects` for the parameter `executor` in API v1, kept for compatibility. */
const EXECUTOR_IN_API = 'place';
const tags = ['sessions'];
/** Response header with the `cursor` of the next page, percent-encoded; absent on the last page. */
const NEXT_HEADER = 'x-cryoem-next-cursor';
const MAX_PAGE = 1000;
const listQuery = z.object({
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_PAGE)
    .optional()
    .describe('sessions per page; without limit and cursor: all'),
  cursor: z.string().max(800).optional().describe(`${NEXT_HEADER} of the previous page`),
});
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
  const responses = new SessionListResponses(queries);

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
      schema: {
        tags,
        summary: `All sessions, or a page of them; the header ${NEXT_HEADER} has the cursor of the next page`,
        querystring: listQuery,
        response: {
          200: sessionListSchema,
          304: z.undefined().describe('The list has not changed.'),
          403: errorBodySchema,
        },
      },
    },
    async (request, reply) => {
      reply.header('cache-control', 'private, no-cache');
      const { limit, cursor } = request.query;
      if (limit !== undefined || cursor !== undefined) {
        const page = await queries.page({ limit: limit ?? MAX_PAGE, after: cursor ?? '' });
        if (page.nextCursor !== null) reply.header(NEXT_HEADER, encodeURIComponent(page.nextCursor));
        return page.sessions;
      }
      const { body, etag } = await responses.next();
      reply.header('etag', etag);
      if (request.headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) return reply.code(304).send();
      // The types guarantee that the list matches the schema. Validating it takes longer than making it.
      return reply
        .type('application/json; charset=utf-8')
        .serializer(String)
        .send(body as never);
    },
  );
}
