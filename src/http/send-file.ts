import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { CodedError } from '../contract/errors.ts';

export const PICTURE_TYPES: Readonly<Record<string, string>> = { '.jpg': 'image/jpeg', '.png': 'image/png' };

/** Adds the method `sendFile` to replies; `sendOutput` needs it. */
export async function acceptFiles(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, { serve: false, cacheControl: false, contentType: false, index: false });
}

/**
 * Sends one file: the whole file, a range of it (so that an interrupted download can be resumed), or 304 if
 * the client already has it.
 * @throws CodedError NO_SUCH_PICTURE
 */
export async function sendOutput(reply: FastifyReply, path: string, type: string): Promise<FastifyReply> {
  const entry = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT' || cause.code === 'ENOTDIR') return null;
    throw cause;
  });
  if (!entry?.isFile()) throw new CodedError('NO_SUCH_PICTURE', '');
  return reply.type(type).sendFile(basename(path), dirname(path));
}
