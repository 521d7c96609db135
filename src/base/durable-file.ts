import { constants } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { hasErrorCode } from './errors.ts';
import { refuseLink } from './real-folder.ts';

const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants;

/**
 * Opens a file for writing and empties it. A symbolic link at the path is refused with ELOOP, a pipe with
 * ENXIO.
 */
export const WRITE_NO_LINK = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK;

/**
 * Writes a new file, never through a link, and waits until its bytes are on the disk.
 * @throws the file system's error
 */
export async function writeDurably(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
  const use = async (file: FileHandle) => {
    await file.writeFile(data);
    await file.sync();
  };
  await withFile(path, WRITE_NO_LINK, use, mode);
}

/** Waits until the entries of a directory are on the disk; before that, a power failure can undo a rename. */
export const syncDirectory = (path: string): Promise<void> =>
  withFile(path, constants.O_RDONLY, (file) => file.sync());

/** Creates a directory and missing parents. @throws the file system's error */
export async function makeDirectory(path: string): Promise<void> {
  await mkdir(path, { recursive: true });
}

/**
 * Creates a directory but not its parents. An existing directory is accepted; a link to a directory is not.
 * @throws LinkRefused; the file system's error
 */
export async function makeOneDirectory(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
    await refuseLink(path);
  }
}

async function withFile(
  path: string,
  flags: number,
  use: (file: FileHandle) => Promise<void>,
  mode?: number,
): Promise<void> {
  const file = await open(path, flags, mode);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
