import { type FileHandle, mkdir, open } from 'node:fs/promises';

/** Writes a new file and waits until its bytes are on the disk. @throws the file system's error */
export async function writeDurably(path: string, data: string | Uint8Array): Promise<void> {
  await withFile(path, 'w', async (file) => {
    await file.writeFile(data);
    await file.sync();
  });
}

/** Waits until the names in a directory are on the disk: a rename is not, before that. */
export const syncDirectory = (path: string): Promise<void> => withFile(path, 'r', (file) => file.sync());

export async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
}

/** Makes a directory in one that is there. @throws the file system's error */
export async function makeOneDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
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
