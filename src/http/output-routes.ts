import { open } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { errorBodySchema } from '../contract/api.ts';
import { CodedError } from '../contract/errors.ts';
import { checkName, keyOf, outputParams } from './names.ts';
import type { RouteContext } from './ports.ts';

const MOVIE = '/api/v1/sessions/:project/:user/:session/movies/:base';
const PICTURE_TYPES: Readonly<Record<string, string>> = { '.jpg': 'image/jpeg', '.png': 'image/png' };
const refusals = { 403: errorBodySchema, 404: errorBodySchema };
const config = { access: 'read' } as const;

/** Outputs of a movie: pictures to show, files to save. `role` is a key of `files` in the movie's record. */
export function registerOutputRoutes(instance: FastifyInstance, { sessions }: RouteContext): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const pathOf = (params: z.infer<typeof outputParams>) =>
    sessions.outputPath(keyOf(params), checkName(params.base, 'base'), checkName(params.role, 'role'));

  app.get(
    `${MOVIE}/pictures/:role`,
    {
      config,
      schema: {
        tags: ['outputs'],
        summary: 'A picture of a movie',
        params: outputParams,
        querystring: z.object({
          v: z.string().optional().describe('changes with the picture: it may then be kept'),
        }),
        response: { ...refusals, 304: z.undefined().describe('The picture that the client has is current.') },
      },
    },
    async (request, reply) => {
      const path = await pathOf(request.params);
      const type = PICTURE_TYPES[extname(path)];
      if (!type) throw new CodedError('NO_SUCH_PICTURE', '');
      reply.header('cache-control', request.query.v ? 'private, max-age=86400' : 'private, no-cache');
      return sendFile(request, reply, path, type);
    },
  );

  app.get(
    `${MOVIE}/files/:role`,
    {
      config,
      schema: {
        tags: ['outputs'],
        summary: 'An output of a movie, to save',
        params: outputParams,
        response: refusals,
      },
    },
    async (request, reply) => {
      const path = await pathOf(request.params);
      const name = encodeURIComponent(basename(path));
      reply.header('cache-control', 'private, no-cache');
      reply.header('content-disposition', `attachment; filename*=UTF-8''${name}`);
      return sendFile(request, reply, path, 'application/octet-stream');
    },
  );
}

/** Sends one regular file, from one open handle, so that size, tag and bytes are of the same file. */
async function sendFile(request: FastifyRequest, reply: FastifyReply, path: string, type: string) {
  const handle = await open(path, 'r').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
      throw new CodedError('NO_SUCH_PICTURE', '', {}, { cause });
    throw cause;
  });
  try {
    const { size, mtimeMs, ino } = await handle.stat();
    const tag = `"${size.toString(36)}-${mtimeMs.toString(36)}-${ino.toString(36)}"`;
    reply.header('etag', tag);
    if (request.headers['if-none-match'] === tag) {
      await handle.close();
      return await reply.code(304).send();
    }
    reply.type(type).header('content-length', size);
    // The stream closes the handle, whether it ends or the client goes away.
    if (size === 0) {
      await handle.close();
      return await reply.send('');
    }
    return await reply.send(handle.createReadStream({ start: 0, end: size - 1 }));
  } catch (error) {
    await handle.close();
    throw error;
  }
}
