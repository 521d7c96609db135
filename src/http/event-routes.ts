import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { errorBodySchema, liveEventSchema, type SessionKey } from '../contract/api.ts';
import type { Auth } from './auth.ts';
import { EventStream } from './event-stream.ts';
import type { RouteContext } from './ports.ts';

const eventQuery = z.object({
  project: z.string().optional(),
  user: z.string().optional(),
  session: z.string().optional(),
  lastEventId: z.string().max(50).optional().describe('same as the header Last-Event-ID'),
});

/** The stream of live events (server-sent events). */
export function registerEventRoutes(
  instance: FastifyInstance,
  { events, auth }: Pick<RouteContext, 'events'> & { auth: Pick<Auth, 'onLoginEnd'> },
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const streams = new Set<EventStream>();
  app.addHook('preClose', async () => {
    for (const stream of streams) stream.close();
  });

  app.get(
    '/api/v1/events',
    {
      config: { access: 'read' },
      schema: {
        tags: ['events'],
        summary: 'Live events, resumed after Last-Event-ID; `event:` contains the name, `data:` the data',
        querystring: eventQuery,
        response: {
          200: { description: 'A stream', content: { 'text/event-stream': { schema: liveEventSchema } } },
          403: errorBodySchema,
        },
      },
    },
    async (request, reply) => {
      const header = request.headers['last-event-id'];
      const lastIdText = (typeof header === 'string' ? header : undefined) ?? request.query.lastEventId;
      const lastId =
        lastIdText !== undefined && /^\d+$/.test(lastIdText) && Number.isSafeInteger(Number(lastIdText))
          ? Number(lastIdText)
          : null;
      reply.hijack();
      const stream = new EventStream(reply.raw, reply.getHeaders(), sessionFilter(request.query));
      streams.add(stream);
      if (lastIdText && lastId === null)
        stream.send(null, { event: 'reset', data: { reason: 'unknown Last-Event-ID' } });
      const unsubscribe = events.subscribe(lastId, ({ id, event }) => stream.send(id, event));
      const unsubscribeLoginEnd = auth.onLoginEnd(request, () => stream.close());
      stream.onClosed(() => {
        unsubscribe();
        unsubscribeLoginEnd();
        streams.delete(stream);
      });
    },
  );
}

/** Whether a session is one of those that the query selects. */
function sessionFilter(
  query: { [name in keyof SessionKey]?: string | undefined },
): (key: SessionKey) => boolean {
  const { project, user, session } = query;
  return (key) =>
    (project === undefined || key.project === project) &&
    (user === undefined || key.user === user) &&
    (session === undefined || key.session === session);
}
