import type { FileHandle } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { finished } from 'node:stream';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { fileCall } from '../base/file-calls.ts';
import { HAS_PROC_FD, openAtRealPath, pathOfOpenFile } from '../base/real-path.ts';
import { CodedError } from '../contract/errors.ts';

/** Fastify, the static plugin and each promise that resolves with the reply add listeners to the response. */
const MAX_LISTENERS = 20;

export const PICTURE_TYPES: Readonly<Record<string, string>> = { '.jpg': 'image/jpeg', '.png': 'image/png' };

/** Adds the method `sendFile` to replies; `sendOutput` needs it. */
export async function registerSendFile(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, { serve: false, cacheControl: false, contentType: false, index: false });
}

/**
 * Sends one file: whole, a range of it (so that an interrupted download can be resumed), or 304 if the client
 * has it. The file that was opened is sent, even if a folder is replaced with a link in the meantime.
 * @param path - real path
 * @throws CodedError NO_SUCH_PICTURE
 */
export async function sendOutput(reply: FastifyReply, path: string, type: string): Promise<FastifyReply> {
  const discard = (lateFile: FileHandle | null) => lateFile?.close();
  const file = await fileCall(dirname(path), path, () => openAtRealPath(path), { discard });
  if (file === null) throw new CodedError('NO_SUCH_PICTURE', '');
  reply.raw.setMaxListeners(MAX_LISTENERS);
  finished(reply.raw, () => void file.close());
  const opened = HAS_PROC_FD ? pathOfOpenFile(file.fd) : path;
  return reply.type(type).sendFile(basename(opened), dirname(opened));
}
