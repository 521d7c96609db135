import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from './errors.ts';
import { HAS_PROC_FD, openPath, realPathOf } from './real-path.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Readable and writable by user and group, where the umask allows it. */
const FILE_MODE = 0o664;

/** Number of attempts to remove a folder into which other processes still write. */
const MAX_TRIES = 5;

/** True for the name of a direct entry of a folder. */
export const isPlainName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);

/** A symbolic link is at the path of a folder of ours, or the name would lead out of the folder. */
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

  /**
   * A folder whose own path is trusted: a link at its path is followed.
   * @throws the file system's error, such as ENOENT
   */
  static async openTop(path: string): Promise<RealFolder> {
    return new RealFolder(path, await open(path, O_RDONLY | O_DIRECTORY));
  }

  /** Path of an entry, valid in this process. @throws LinkRefused if the name is not a direct entry */
  at(name: string): string {
    if (!isPlainName(name)) throw new LinkRefused(join(this.path, name));
    return HAS_PROC_FD ? `${openPath(this.handle.fd)}/${name}` : join(this.path, name);
  }

  /** A message of the operating system about an entry, with the path of the folder. */
  shown(message: string): string {
    return HAS_PROC_FD ? message.replaceAll(`${openPath(this.handle.fd)}/`, `${this.path}/`) : message;
  }

  /** Opens a folder in this folder. @throws LinkRefused; the file system's error, such as ENOENT */
  below(name: string): Promise<RealFolder> {
    return RealFolder.openAs(this.at(name), join(this.path, name));
  }

  /** Its path without links, as the operating system knows it. */
  realPath(): string {
    return realPathOf(this.handle.fd, this.path);
  }

  names(): Promise<string[]> {
    return readdir(HAS_PROC_FD ? `${openPath(this.handle.fd)}/` : this.path);
  }

  /** What an entry is, a link itself and not its target. @throws the file system's error, such as ENOENT */
  status(name: string): Promise<Stats> {
    return lstat(this.at(name));
  }

  /**
   * Creates a folder; an existing one, or another entry, is left as it is.
   * @throws the file system's error
   */
  async makeFolder(name: string, mode?: number): Promise<void> {
    try {
      await mkdir(this.at(name), mode);
    } catch (error) {
      if (!hasErrorCode(error, 'EEXIST')) throw error;
    }
  }

  /** Opens a file, which must not be a link. @throws the file system's error, ELOOP for a link */
  openFile(name: string, flags: number, mode?: number): Promise<FileHandle> {
    return open(this.at(name), flags | O_NOFOLLOW | O_NONBLOCK, mode);
  }

  /**
   * Writes a file atomically: a temporary file, fsync, rename. Readers see either the old content or the new
   * one, never a part. A link with this name is replaced, not followed.
   * @throws the file system's error
   */
  async write(name: string, data: string | Uint8Array, mode?: number): Promise<void> {
    await this.writeThen(name, data, mode, (temporary) => rename(this.at(temporary), this.at(name)));
  }

  /** As `write`, if there is no such entry yet. @throws the file system's error, EEXIST if there is one */
  async writeNew(name: string, data: string | Uint8Array): Promise<void> {
    await this.writeThen(name, data, undefined, async (temporary) => {
      await this.link(temporary, name);
      await this.removeFile(temporary);
    });
  }

  /** Gives a file a second name. @throws the file system's error, EEXIST if there is such an entry */
  link(name: string, newName: string): Promise<void> {
    return link(this.at(name), this.at(newName));
  }

  /** Waits until the entries are on the disk. */
  sync(): Promise<void> {
    return this.handle.sync();
  }

  /**
   * Moves an entry of this folder into another one on the same file system.
   * @throws the file system's error
   */
  moveEntry(name: string, to: RealFolder, newName = name): Promise<void> {
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
    for (let tries = 1; ; tries++) {
      await withFolder(this.below(name), async (folder) => {
        for (const inner of await folder.names()) await folder.removeTree(inner);
      });
      try {
        await rmdir(this.at(name));
        return;
      } catch (error) {
        // Something was created in it meanwhile, such as the cancel file of a job.
        if (!hasErrorCode(error, 'ENOTEMPTY', 'EEXIST') || tries === MAX_TRIES) throw error;
      }
    }
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

  /** @param publish - gives the temporary file, by its name, its final name */
  private async writeThen(
    name: string,
    data: string | Uint8Array,
    mode: number | undefined,
    publish: (temporary: string) => Promise<void>,
  ): Promise<void> {
    const temporary = `${name}.${randomBytes(6).toString('hex')}.tmp`;
    const file = await this.openFile(temporary, O_WRONLY | O_CREAT | O_EXCL, mode ?? FILE_MODE);
    try {
      try {
        await file.writeFile(data);
        await file.sync();
      } finally {
        await file.close();
      }
      await publish(temporary);
    } catch (error) {
      await this.removeFile(temporary).catch((left: unknown) => {
        throw new AggregateError([error, left], `cannot write ${join(this.path, name)}`);
      });
      throw error;
    }
  }

  private static async openAs(path: string, shownPath: string): Promise<RealFolder> {
    try {
      return new RealFolder(shownPath, await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
    } catch (error) {
      if (hasErrorCode(error, 'ENOTDIR', 'ELOOP')) await refuseLink(path, shownPath);
      throw error;
    }
  }
}

/** Opens a folder, calls `use` with it and closes it. Errors of the file system name its path. */
export async function withFolder<Value>(
  opening: Promise<RealFolder>,
  use: (folder: RealFolder) => Promise<Value>,
): Promise<Value> {
  const folder = await opening;
  try {
    return await use(folder);
  } catch (error) {
    const shown = error instanceof Error ? folder.shown(error.message) : '';
    if (error instanceof Error && shown !== error.message) error.message = shown;
    throw error;
  } finally {
    await folder.close();
  }
}

/** @throws LinkRefused; the file system's error, such as ENOENT */
export async function refuseLink(path: string, shownPath = path): Promise<void> {
  if ((await lstat(path)).isSymbolicLink()) throw new LinkRefused(shownPath);
}
