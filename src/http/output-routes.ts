import { basename, extname } from 'node:path';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { errorBodySchema } from '../contract/api.ts';
import { CodedError } from '../contract/errors.ts';
import { checkName, keyOf, outputParams } from './names.ts';
import type { RouteContext } from './ports.ts';
import { PICTURE_TYPES, sendOutput } from './send-file.ts';
import { SESSION } from './session-route.ts';

const MOVIE = `${SESSION}/movies/:base`;
const refusals = { 403: errorBodySchema, 404: errorBodySchema };
const config = { access: 'read' } as const;

/**
 * Outputs of a movie: pictures to display, files to download. `role` is a key of `files` in the result
 * record.
 */
export function registerOutputRoutes(
  instance: FastifyInstance,
  { queries }: Pick<RouteContext, 'queries'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const pathOf = (params: z.infer<typeof outputParams>) =>
    queries.outputPath(keyOf(params), checkName(params.base, 'base'), checkName(params.role, 'role'));

  app.get(
    `${MOVIE}/pictures/:role`,
    {
      config,
      schema: {
        tags: ['outputs'],
        summary: 'A picture of a movie',
        params: outputParams,
        querystring: z.object({
          v: z.string().optional().describe('changes with the picture, so that it can be cached'),
        }),
        response: { ...refusals, 304: z.undefined().describe('The picture has not changed.') },
      },
    },
    async (request, reply) => {
      const path = await pathOf(request.params);
      const type = PICTURE_TYPES[extname(path)];
      if (!type) throw new CodedError('NO_SUCH_PICTURE', '');
      reply.header('cache-control', request.query.v ? 'private, max-age=86400' : 'private, no-cache');
      return sendOutput(reply, path, type);
    },
  );

  app.get(
    `${MOVIE}/files/:role`,
    {
      config,
      schema: {
        tags: ['outputs'],
        summary: 'An output file of a movie, to download; ranges are supported',
        params: outputParams,
        response: refusals,
      },
    },
    async (request, reply) => {
      const path = await pathOf(request.params);
      const name = encodeURIComponent(basename(path));
      reply.header('cache-control', 'private, no-cache');
      reply.header('content-disposition', `attachment; filename*=UTF-8''${name}`);
      return sendOutput(reply, path, 'application/octet-stream');
    },
  );
}
