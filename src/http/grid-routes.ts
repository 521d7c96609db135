import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { gridHolesSchema, gridSchema } from '../contract/grid.ts';
import { keyOf, sessionParams } from './names.ts';
import type { RouteContext } from './ports.ts';
import { refusals, SESSION } from './session-route.ts';

const tags = ['grid'];
const config = { access: 'read' } as const;

/**
 * Positions on the grid at which movies were recorded. The metrics of the movies are in the response of
 * `/columns` (`review-routes.ts`).
 */
export function registerGridRoutes(
  instance: FastifyInstance,
  { queries, heavyResponses }: Pick<RouteContext, 'queries' | 'heavyResponses'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    `${SESSION}/grid`,
    {
      config,
      schema: {
        tags,
        summary: 'Grid squares: number of movies, position, measured and target defocus, and their movies',
        params: sessionParams,
        response: { 200: gridSchema, ...refusals },
      },
    },
    async (request, reply) => heavyResponses.make(reply, () => queries.grid(keyOf(request.params))),
  );

  app.get(
    `${SESSION}/grid/:square`,
    {
      config,
      schema: {
        tags,
        summary:
          'Holes of a grid square with their exposures, stage positions, beam shifts and target defocus',
        params: sessionParams.extend({ square: z.string().min(1) }),
        response: { 200: gridHolesSchema, ...refusals },
      },
    },
    async (request) => queries.gridHoles(keyOf(request.params), request.params.square),
  );
}
