import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { unlessMissing } from './missing-file.ts';
import { LinkRefused } from './real-folder.ts';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Opens a file that this service has written, in order to read it: it must be a regular file, not a link.
 * Does not block on a pipe.
 * @returns null if the file does not exist
 * @throws LinkRefused; the file system's error, ELOOP for a link
 */
async function openOwnFile(path: string): Promise<FileHandle | null> {
  const file = await unlessMissing(open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), null);
  if (file === null || (await file.stat()).isFile()) return file;
  await file.close();
  throw new LinkRefused(path);
}

/** The text of a file that this service has written; null if it does not exist. @throws as `openOwnFile` */
export async function readOwnText(path: string): Promise<string | null> {
  const file = await openOwnFile(path);
  if (file === null) return null;
  try {
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * The end of a file that this service has written, from the beginning of a line; null if it does not exist.
 * @throws as `openOwnFile`
 */
export async function readTail(
  path: string,
  maxBytes: number,
): Promise<{ text: string; isCut: boolean } | null> {
  const file = await openOwnFile(path);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - maxBytes);
    const bytes = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    const text = bytes.toString('utf8', 0, bytesRead);
    return { text: from === 0 ? text : text.slice(text.indexOf('\n') + 1), isCut: from > 0 };
  } finally {
    await file.close();
  }
}
