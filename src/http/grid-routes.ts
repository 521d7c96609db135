import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { errorBodySchema } from '../contract/api.ts';
import { gridHolesSchema, gridSchema } from '../contract/grid.ts';
import { keyOf, sessionParams } from './names.ts';
import type { RouteContext } from './ports.ts';

const tags = ['grid'];
const SESSION = '/api/v1/sessions/:project/:user/:session';
const refusals = { 403: errorBodySchema, 404: errorBodySchema, 422: errorBodySchema };
const config = { access: 'read' } as const;

/** Where on the grid movies were taken. The figures of the movies come as columns; nothing of them is sent here again. */
export function registerGridRoutes(
  instance: FastifyInstance,
  { queries }: Pick<RouteContext, 'queries'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get(
    `${SESSION}/grid`,
    {
      config,
      schema: {
        tags,
        summary: 'Grid squares: how many movies, where, defocus against target; which movies lie in which',
        params: sessionParams,
        response: { 200: gridSchema, ...refusals },
      },
    },
    async (request) => queries.grid(keyOf(request.params)),
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
