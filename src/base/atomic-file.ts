import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';

/** Readable and writable by user and group, where the umask allows it. */
const FILE_MODE = 0o664;

/**
 * Writes a file atomically: a temporary file in the same directory, fsync, rename. Readers see either the old
 * or the new content, never a part of it. If something fails, the temporary file is removed.
 * @throws the file system's error; AggregateError if the temporary file could not be removed either
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx', FILE_MODE);
  try {
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch((removalError: unknown) => {
      throw new AggregateError([error, removalError], `cannot write ${path}`);
    });
    throw error;
  }
}

/**
 * Like `writeFileAtomic`, for a value that is written as JSON.
 * @param indent - spaces per level; 0: on one line
 */
export const writeJsonAtomic = (path: string, value: unknown, indent = 0): Promise<void> =>
  writeFileAtomic(path, `${JSON.stringify(value, null, indent)}\n`);
