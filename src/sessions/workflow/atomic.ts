import { randomBytes } from 'node:crypto';
import { open, rename, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeOneDirectory } from '../../pipeline/durable.ts';

/**
 * As `writeTextAtomic`, for a value as JSON. Creates the folder, but none above it: a session that was taken away must
 * not come back as an empty shell.
 */
export async function writeJsonAtomic(path: string, value: unknown): Promise<void> {
  await makeOneDirectory(dirname(path));
  await writeTextAtomic(path, `${JSON.stringify(value, null, 1)}\n`);
}

/**
 * Writes a file whole or not at all: temporary beside it, fsync, rename.
 * @throws the file system's error, after removing the temporary
 */
export async function writeTextAtomic(path: string, text: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  const file = await open(temporary, 'wx', 0o664);
  try {
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await unlink(temporary).catch((gone: NodeJS.ErrnoException) => {
      if (gone.code !== 'ENOENT') throw new AggregateError([error, gone], `cannot write ${path}`);
    });
    throw error;
  }
}
