import { constants, existsSync } from 'node:fs';
import { type FileHandle, lstat, open, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from './errors.ts';
import { isMissingFile } from './missing-file.ts';

/**
 * Linux lists the open directories of a process here. A path through an entry is not affected if a link later
 * replaces the directory.
 */
const OPEN_FOLDERS = '/proc/self/fd';
const HAS_OPEN_FOLDERS = existsSync(OPEN_FOLDERS);

/** True for the name of a direct entry of a folder. */
export const isPlainName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);

/**
 * A symbolic link was found in place of a folder or file of the service, or a name leads out of its folder.
 */
export class LinkRefused extends Error {
  /** The operating system's code for a link that must not be followed. */
  readonly code = 'ELOOP';

  constructor(path: string) {
    super(`${path} is a symbolic link or not a plain name, and is not followed.`);
    this.name = 'LinkRefused';
  }
}

/**
 * An open directory that is not a link. Operations on its entries act on this directory, even if another one
 * replaces it at its path meanwhile.
 */
export class RealFolder {
  readonly path: string;
  private readonly handle: FileHandle;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.handle = handle;
  }

  /** @throws LinkRefused; the file system's error, such as ENOENT */
  static async open(path: string): Promise<RealFolder> {
    return RealFolder.openAs(path, path);
  }

  /** Path of an entry, valid in this process. @throws LinkRefused if the name is not a direct entry */
  at(name: string): string {
    if (!isPlainName(name)) throw new LinkRefused(join(this.path, name));
    return HAS_OPEN_FOLDERS ? `${OPEN_FOLDERS}/${this.handle.fd}/${name}` : join(this.path, name);
  }

  /** Opens a folder in this folder. @throws LinkRefused; the file system's error, such as ENOENT */
  below(name: string): Promise<RealFolder> {
    return RealFolder.openAs(this.at(name), join(this.path, name));
  }

  names(): Promise<string[]> {
    return readdir(HAS_OPEN_FOLDERS ? `${OPEN_FOLDERS}/${this.handle.fd}/` : this.path);
  }

  /** Waits until the entries are on the disk. */
  sync(): Promise<void> {
    return this.handle.sync();
  }

  /**
   * Moves an entry of this folder into another one on the same file system.
   * @throws the file system's error
   */
  move(name: string, to: RealFolder, newName = name): Promise<void> {
    return rename(this.at(name), to.at(newName));
  }

  /** Removes a file, or a link itself; a missing file is not an error. @throws the file system's error */
  async removeFile(name: string): Promise<void> {
    await unlink(this.at(name)).catch((error: unknown) => {
      if (!hasErrorCode(error, 'ENOENT')) throw error;
    });
  }

  /**
   * Removes an entry and everything below it. Links are removed, not followed.
   * @throws the file system's error
   */
  async removeTree(name: string): Promise<void> {
    try {
      await this.removeFile(name);
      return;
    } catch (error) {
      if (!hasErrorCode(error, 'EISDIR', 'EPERM')) throw error;
    }
    await withFolder(this.below(name), async (folder) => {
      for (const inner of await folder.names()) await folder.removeTree(inner);
    });
    await rmdir(this.at(name));
  }

  /** Removes a folder if it is empty. @throws the file system's error */
  async removeIfEmpty(name: string): Promise<void> {
    await rmdir(this.at(name)).catch((error: unknown) => {
      // Another process uses the folder, or has already removed it.
      if (!hasErrorCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
    });
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  private static async openAs(path: string, shownPath: string): Promise<RealFolder> {
    const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
    try {
      return new RealFolder(shownPath, await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    } catch (error) {
      if (hasErrorCode(error, 'ENOTDIR', 'ELOOP')) await refuseLink(path, shownPath);
      throw error;
    }
  }
}

/** Opens a folder, calls `use` with it and closes it. */
export async function withFolder<Value>(
  opening: Promise<RealFolder>,
  use: (folder: RealFolder) => Promise<Value>,
): Promise<Value> {
  const folder = await opening;
  try {
    return await use(folder);
  } finally {
    await folder.close();
  }
}

/**
 * Like `withFolder`, for a folder several levels below another; none of the folders may be a link.
 * @throws LinkRefused
 */
export async function withFolderBelow<Value>(
  top: string,
  names: readonly string[],
  use: (folder: RealFolder) => Promise<Value>,
): Promise<Value> {
  let folder = await RealFolder.open(top);
  try {
    for (const name of names) {
      const next = await folder.below(name);
      await folder.close();
      folder = next;
    }
    return await use(folder);
  } finally {
    await folder.close();
  }
}

/**
 * Removes an entry of a folder several levels below another, with everything in it; a missing entry is not an
 * error.
 * @throws LinkRefused
 */
export async function removeBelow(top: string, names: readonly string[], name: string): Promise<void> {
  try {
    await withFolderBelow(top, names, (folder) => folder.removeTree(name));
  } catch (error) {
    if (!isMissingFile(error)) throw error;
  }
}

/** @throws LinkRefused; the file system's error, such as ENOENT */
export async function refuseLink(path: string, shownPath = path): Promise<void> {
  if ((await lstat(path)).isSymbolicLink()) throw new LinkRefused(shownPath);
}
