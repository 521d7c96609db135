import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { hasErrorCode } from './errors.ts';

/** Writes a new file and waits until its bytes are on the disk. @throws the file system's error */
export async function writeDurably(path: string, data: string | Uint8Array): Promise<void> {
  await withFile(path, 'w', async (file) => {
    await file.writeFile(data);
    await file.sync();
  });
}

/** Waits until the names in a directory are on the disk: before that, a power failure can undo a rename. */
export const syncDirectory = (path: string): Promise<void> => withFile(path, 'r', (file) => file.sync());

/** Makes a directory and those above it. @throws the file system's error */
export async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
}

/**
 * Makes a directory, but none above it. One that is there already is fine.
 * @throws the file system's error
 */
export async function makeOneDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  }
}

async function withFile(
  path: string,
  flags: string,
  use: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
