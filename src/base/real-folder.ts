import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from './errors.ts';
import { closeFile, type FileCallOptions, FileCallStuck, fileCall, SYNC_LIMIT_MS } from './file-calls.ts';
import { HAS_PROC_FD, pathOfOpenFile, realPathOf } from './real-path.ts';

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = constants;

/** Readable and writable by user and group, where the umask allows it. */
const FILE_MODE = 0o664;

/** Number of attempts to remove a folder into which other processes still write. */
const MAX_TRIES = 5;

/** True for a single file name, without a path. */
export const isPlainName = (name: string): boolean =>
  name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);

/** A symbolic link is at the path of a folder of the service, or a name would point outside its folder. */
export class LinkRefused extends Error {
  /** The operating system's code for a link that must not be followed. */
  readonly code = 'ELOOP';

  constructor(path: string) {
    super(`${path} is a symbolic link, or its name is not a single file name: it was refused.`);
    this.name = 'LinkRefused';
  }
}

/**
 * An open directory that is not a link. Operations on its entries act on this directory, even if another one
 * replaces it at its path in the meantime.
 */
export class RealFolder {
  readonly path: string;
  private readonly handle: FileHandle;
  private readonly top: string;

  private constructor(path: string, handle: FileHandle, top: string) {
    this.path = path;
    this.handle = handle;
    this.top = top;
  }

  /**
   * A folder whose own path is trusted: a link at its path is followed.
   * @throws the file system's error, such as ENOENT
   */
  static async openTop(path: string): Promise<RealFolder> {
    const discard = closeLate;
    const handle = await fileCall(path, path, () => open(path, O_RDONLY | O_DIRECTORY), { discard });
    return new RealFolder(path, handle, path);
  }

  /** Path of an entry, valid in this process. @throws LinkRefused if the name is not a single file name */
  pathOf(name: string): string {
    if (!isPlainName(name)) throw new LinkRefused(join(this.path, name));
    return HAS_PROC_FD ? `${pathOfOpenFile(this.handle.fd)}/${name}` : join(this.path, name);
  }

  /** A message of the operating system, in which the path of the folder replaces that in /proc. */
  withShownPath(message: string): string {
    return HAS_PROC_FD ? message.replaceAll(`${pathOfOpenFile(this.handle.fd)}/`, `${this.path}/`) : message;
  }

  /** Opens a folder in this folder. @throws LinkRefused; the file system's error, such as ENOENT */
  openSubfolder(name: string): Promise<RealFolder> {
    return RealFolder.openAs(this.pathOf(name), join(this.path, name), this.top);
  }

  /** Its path without links, as the operating system knows it. */
  realPath(): string {
    return realPathOf(this.handle.fd, this.path);
  }

  /**
   * Runs a call on an entry, or on a file in the folder, with the limits of `file-calls.ts`.
   * @throws FileCallStuck; the error of the call
   */
  call<Value>(name: string, work: () => Promise<Value>, options?: FileCallOptions<Value>): Promise<Value> {
    return fileCall(this.top, join(this.path, name), work, options);
  }

  /** Uses a file of this folder, and closes it. @param bytes - number of bytes that are read or written */
  async use<Value>(
    name: string,
    file: FileHandle,
    work: (file: FileHandle) => Promise<Value>,
    bytes: number,
  ): Promise<Value> {
    try {
      return await this.call(name, () => work(file), { bytes });
    } finally {
      await this.closeFile(name, file);
    }
  }

  names(): Promise<string[]> {
    return this.call('', () => readdir(HAS_PROC_FD ? `${pathOfOpenFile(this.handle.fd)}/` : this.path));
  }

  /** Status of an entry (a link itself, not its target). @throws the file system's error, such as ENOENT */
  status(name: string): Promise<Stats> {
    const path = this.pathOf(name);
    return this.call(name, () => lstat(path));
  }

  /**
   * Creates a folder; an existing entry with this name, of any kind, is left as it is.
   * @throws the file system's error
   */
  async makeFolder(name: string, mode?: number): Promise<void> {
    try {
      const path = this.pathOf(name);
      await this.call(name, () => mkdir(path, mode));
    } catch (error) {
      if (!hasErrorCode(error, 'EEXIST')) throw error;
    }
  }

  /** Opens a file, which must not be a link. @throws the file system's error, ELOOP for a link */
  openFile(name: string, flags: number, mode?: number): Promise<FileHandle> {
    const path = this.pathOf(name);
    const discard = closeLate;
    return this.call(name, () => open(path, flags | O_NOFOLLOW | O_NONBLOCK, mode), { discard });
  }

  /**
   * Writes a file atomically: a temporary file, fsync, rename. Readers see either the old content or the new
   * one, never a part. A link with this name is replaced, not followed.
   * @throws the file system's error
   */
  async write(name: string, data: string | Uint8Array, mode?: number): Promise<void> {
    await this.writeThen(name, data, mode, (temporary) => this.moveEntry(temporary, this, name));
  }

  /** Like `write`, but only if there is no such entry. @throws the file system's error, EEXIST if there is */
  async writeNew(name: string, data: string | Uint8Array): Promise<void> {
    await this.writeThen(name, data, undefined, async (temporary) => {
      await this.link(temporary, name);
      await this.removeFile(temporary);
    });
  }

  /** Creates a hard link to a file of this folder. @throws the file system's error, EEXIST if it exists */
  link(name: string, newName: string): Promise<void> {
    const [from, to] = [this.pathOf(name), this.pathOf(newName)];
    return this.call(newName, () => link(from, to));
  }

  /** Waits until the entries are on the disk. */
  sync(): Promise<void> {
    return this.call('', () => this.handle.sync(), { limitMs: SYNC_LIMIT_MS });
  }

  /**
   * Moves an entry of this folder into another one on the same file system.
   * @throws the file system's error
   */
  moveEntry(name: string, to: RealFolder, newName = name): Promise<void> {
    const [from, target] = [this.pathOf(name), to.pathOf(newName)];
    return this.call(name, () => rename(from, target));
  }

  /** Removes a file, or a link itself; a missing file is not an error. @throws the file system's error */
  async removeFile(name: string): Promise<void> {
    const path = this.pathOf(name);
    await this.call(name, () => unlink(path)).catch((error: unknown) => {
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
    for (let attempt = 1; ; attempt++) {
      await withFolder(this.openSubfolder(name), async (folder) => {
        for (const inner of await folder.names()) await folder.removeTree(inner);
      });
      try {
        const path = this.pathOf(name);
        await this.call(name, () => rmdir(path));
        return;
      } catch (error) {
        // Something was created in it in the meantime, such as the cancel file of a job.
        if (!hasErrorCode(error, 'ENOTEMPTY', 'EEXIST') || attempt === MAX_TRIES) throw error;
      }
    }
  }

  /** Removes a folder if it is empty. @throws the file system's error */
  async removeIfEmpty(name: string): Promise<void> {
    const path = this.pathOf(name);
    await this.call(name, () => rmdir(path)).catch((error: unknown) => {
      // Another process uses the folder, or has already removed it.
      if (!hasErrorCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
    });
  }

  close(): Promise<void> {
    return this.closeFile('', this.handle);
  }

  /** Closes a file of this folder. */
  closeFile(name: string, file: FileHandle): Promise<void> {
    return closeFile(this.top, join(this.path, name), file);
  }

  /** @param publish - moves the temporary file, whose name it is given, to its final name */
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
        const bytes = data.length;
        await this.call(temporary, () => file.writeFile(data), { bytes });
        await this.call(temporary, () => file.sync(), { bytes, limitMs: SYNC_LIMIT_MS });
      } finally {
        await this.closeFile(temporary, file);
      }
      await publish(temporary);
    } catch (error) {
      if (error instanceof FileCallStuck) throw error; // the file cannot be removed now either
      await this.removeFile(temporary).catch((cleanupError: unknown) => {
        throw new AggregateError([error, cleanupError], `cannot write ${join(this.path, name)}`);
      });
      throw error;
    }
  }

  private static async openAs(path: string, shownPath: string, top: string): Promise<RealFolder> {
    const flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
    try {
      const discard = closeLate;
      const handle = await fileCall(top, shownPath, () => open(path, flags), { discard });
      return new RealFolder(shownPath, handle, top);
    } catch (error) {
      if (hasErrorCode(error, 'ENOTDIR', 'ELOOP')) await refuseLink(path, shownPath);
      throw error;
    }
  }
}

/** Closes a file that was opened after its caller had given up. */
const closeLate = (file: FileHandle): Promise<void> => file.close();

/** Opens a folder, calls `use` with it and closes it. Errors of the file system contain its path. */
export async function withFolder<Value>(
  opening: Promise<RealFolder>,
  use: (folder: RealFolder) => Promise<Value>,
): Promise<Value> {
  const folder = await opening;
  try {
    return await use(folder);
  } catch (error) {
    const shown = error instanceof Error ? folder.withShownPath(error.message) : '';
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
