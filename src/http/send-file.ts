import { open } from 'node:fs/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../contract/errors.ts';

export const PICTURE_TYPES: Readonly<Record<string, string>> = { '.jpg': 'image/jpeg', '.png': 'image/png' };

/** Sends one regular file, from one open handle, so that size, tag and bytes are of the same file. */
export async function sendFile(request: FastifyRequest, reply: FastifyReply, path: string, type: string) {
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
