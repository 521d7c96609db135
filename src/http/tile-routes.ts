import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { errorBodySchema } from '../contract/api.ts';
import { LOW_PASSES_A, TILE_ROLES, tileInfoSchema } from '../contract/tiles.ts';
import { TileMaker } from '../pipeline/tiles/tile-maker.ts';
import { checkName, keyOf, movieParams } from './names.ts';
import type { RouteContext } from './ports.ts';
import { refusals, SESSION } from './session-route.ts';
import { untilDisconnected } from './until-disconnected.ts';

const TILES = `${SESSION}/movies/:base/tiles/:role`;
const tags = ['outputs'];
const tileRefusals = { ...refusals, 503: errorBodySchema };
const config = { access: 'read' } as const;
const roleParams = movieParams.extend({ role: z.enum(TILE_ROLES) });
/** An image of 2^20 pixels per side, halved 20 times, has one pixel. */
const MAX_LEVEL = 20;
const MAX_SIDE_TILES = 1000;

/** Micrographs in deep zoom; tiles are made on request. */
export function registerTileRoutes(
  instance: FastifyInstance,
  { queries }: Pick<RouteContext, 'queries'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const maker = new TileMaker();
  app.addHook('onClose', () => maker.close());
  const pathOf = (params: z.infer<typeof roleParams>) =>
    queries.outputPath(keyOf(params), checkName(params.base, 'base'), params.role);

  app.get(
    TILES,
    {
      config,
      schema: {
        tags,
        summary: 'Size and levels of an image in deep zoom',
        params: roleParams,
        response: { 200: tileInfoSchema, ...tileRefusals },
      },
    },
    async (request, reply) => maker.info(await pathOf(request.params), untilDisconnected(reply)),
  );

  app.get(
    `${TILES}/:power/:column/:row`,
    {
      config,
      schema: {
        tags,
        summary:
          'A JPEG tile of 512 by 512 pixels, numbered from the upper left; at power k the image is halved k times',
        params: roleParams.extend({
          power: z.coerce.number().int().min(0).max(MAX_LEVEL),
          column: z.coerce.number().int().min(0).max(MAX_SIDE_TILES),
          row: z.coerce.number().int().min(0).max(MAX_SIDE_TILES),
        }),
        querystring: z.object({
          lowpass: z
            .literal(LOW_PASSES_A.map(String))
            .transform(Number)
            .optional()
            .describe('resolution in Angstrom at which the amplitude falls to one half'),
          v: z.string().max(50).optional().describe('changes with the image, so that a tile can be cached'),
        }),
        response: {
          200: { description: 'A JPEG', content: { 'image/jpeg': { schema: z.any() } } },
          ...refusals,
        },
      },
    },
    async (request, reply) => {
      const { power: level, column, row } = request.params;
      const path = await pathOf(request.params);
      const lowPassA = request.query.lowpass ?? null;
      const jpeg = await maker.tile({ path, level, column, row, lowPassA }, untilDisconnected(reply));
      reply.header('cache-control', request.query.v ? 'private, max-age=86400' : 'private, no-cache');
      return reply.type('image/jpeg').send(Buffer.from(jpeg.buffer, jpeg.byteOffset, jpeg.byteLength));
    },
  );
}
