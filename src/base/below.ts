import { constants, type Stats } from 'node:fs';
import { type FileHandle, mkdir } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { hasErrorCode } from './errors.ts';
import { fileCall } from './file-calls.ts';
import { parseJsonAs, type Schema, tryParseJsonAs } from './json.ts';
import { isMissingFile, unlessMissing } from './missing-file.ts';
import { RealFolder, withFolder } from './real-folder.ts';

/**
 * Files and folders in a tree that others may write to: the folder of a session. `top` is trusted: it may be
 * reached by a link. Below it, every level is opened separately, and none may be a link, so nothing outside
 * the tree is read, written or deleted, even if somebody replaces a folder by a link meanwhile. `path` is at
 * or below `top`.
 */

/**
 * Maximum size of a file that is read as a whole. The largest are batch files, with a few megabytes; anybody
 * who can write to a session can make any file look terabytes long without using the disk.
 */
export const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** Calls `use` with an open folder. @throws LinkRefused; the file system's error, such as ENOENT */
export const withFolderBelow = <Value>(
  top: string,
  path: string,
  use: (folder: RealFolder) => Promise<Value>,
): Promise<Value> => withFolder(openFolderBelow(top, path), use);

/** Like `withFolderBelow`; the caller closes the folder. */
export async function openFolderBelow(top: string, path: string): Promise<RealFolder> {
  const relativePath = relative(top, path);
  let folder = await RealFolder.openTop(top);
  for (const name of relativePath === '' ? [] : relativePath.split(sep)) {
    const outer = folder;
    try {
      folder = await outer.openSubfolder(name);
    } finally {
      await outer.close();
    }
  }
  return folder;
}

/** Calls `use` with the open folder of a file and the name of the file. */
const withFolderOf = <Value>(
  top: string,
  path: string,
  use: (folder: RealFolder, name: string) => Promise<Value>,
): Promise<Value> => withFolderBelow(top, dirname(path), (folder) => use(folder, basename(path)));

/**
 * The text of a regular file; null if there is none. Does not block on a pipe.
 * @throws LinkRefused, NotAFile, FileTooLarge; the file system's error
 */
export async function readBelow(top: string, path: string): Promise<string | null> {
  return unlessMissing(
    withFolderOf(top, path, (folder, name) => readFileIn(folder, name)),
    null,
  );
}

/** Like `readBelow`, for a file in an open folder. */
export async function readFileIn(
  folder: RealFolder,
  name: string,
  maxBytes = MAX_TEXT_BYTES,
): Promise<string | null> {
  const opened = await openRegularFile(folder, name);
  if (opened === null) return null;
  if (opened.size > maxBytes) {
    await folder.closeFile(name, opened.file);
    throw new FileTooLarge(join(folder.path, name), maxBytes);
  }
  return folder.use(name, opened.file, (file) => readFrom(file, 0, opened.size), opened.size);
}

/**
 * The end of a regular file, starting at the beginning of a line; null if there is none.
 * @throws as `readBelow`
 */
export async function readTailBelow(
  top: string,
  path: string,
  maxBytes: number,
): Promise<{ text: string; isCut: boolean } | null> {
  const tail = withFolderOf(top, path, async (folder, name) => {
    const opened = await openRegularFile(folder, name);
    if (opened === null) return null;
    const from = Math.max(0, opened.size - maxBytes);
    const text = await folder.use(
      name,
      opened.file,
      (file) => readFrom(file, from, opened.size),
      opened.size - from,
    );
    return { text: from === 0 ? text : text.slice(text.indexOf('\n') + 1), isCut: from > 0 };
  });
  return unlessMissing(tail, null);
}

/** Like `readTailBelow`, but also null for a directory, a pipe or a device. @throws as `readBelow` */
export const tryReadTailBelow = (
  top: string,
  path: string,
  maxBytes: number,
  isMissing: (error: unknown) => boolean = isMissingFile,
): Promise<{ text: string; isCut: boolean } | null> =>
  unlessMissing(readTailBelow(top, path, maxBytes), null, (error) => isMissing(error) || isNotAFile(error));

/** A JSON file, checked against a schema; null if there is none. @throws LocatedError; as `readBelow` */
export async function readJsonBelow<Value>(
  top: string,
  path: string,
  schema: Schema<Value>,
): Promise<Value | null> {
  const text = await readBelow(top, path);
  return text === null ? null : parseJsonAs(text, schema, path);
}

/**
 * Like `readJsonBelow`, but also null for a directory, a pipe or a device, and for a file that is too large,
 * damaged or of another version.
 * @throws as `readBelow`
 */
export async function tryReadJsonBelow<Value>(
  top: string,
  path: string,
  schema: Schema<Value>,
  isMissing: (error: unknown) => boolean = isMissingFile,
): Promise<Value | null> {
  const isUnusable = (error: unknown) => isMissing(error) || isUnusableFile(error);
  const text = await unlessMissing(readBelow(top, path), null, isUnusable);
  return text === null ? null : tryParseJsonAs(text, schema);
}

/**
 * Status of a file (of a link itself, not of its target); null if there is none.
 * @throws LinkRefused for a link above it
 */
export const statusBelow = (
  top: string,
  path: string,
  isMissing: (error: unknown) => boolean = isMissingFile,
): Promise<Stats | null> =>
  unlessMissing(
    withFolderOf(top, path, (folder, name) => folder.status(name)),
    null,
    isMissing,
  );

/**
 * The names in a folder, in no particular order; empty if there is none.
 * @throws LinkRefused; the file system's error
 */
export const listBelow = (
  top: string,
  path: string,
  isMissing: (error: unknown) => boolean = isMissingFile,
): Promise<string[]> =>
  unlessMissing(
    withFolderBelow(top, path, (folder) => folder.names()),
    [],
    isMissing,
  );

/**
 * Writes a file atomically, see `RealFolder.write`. Creates no folder.
 * @throws LinkRefused; the file system's error
 */
export const writeBelow = (
  top: string,
  path: string,
  data: string | Uint8Array,
  mode?: number,
): Promise<void> => withFolderOf(top, path, (folder, name) => folder.write(name, data, mode));

/** Like `writeBelow`, for a value as JSON. @param indent - spaces per level; 0: on one line */
export const writeJsonBelow = (top: string, path: string, value: unknown, indent = 0): Promise<void> =>
  writeBelow(top, path, `${JSON.stringify(value, null, indent)}\n`);

/**
 * Opens a file for appending, and creates it if there is none; a link or a pipe is refused.
 * @throws LinkRefused, NotAFile; the file system's error
 */
export const openToAppendBelow = (top: string, path: string, mode?: number): Promise<FileHandle> =>
  withFolderOf(top, path, async (folder, name) => {
    const { O_RDWR, O_CREAT, O_APPEND } = constants;
    const file = await folder.openFile(name, O_RDWR | O_CREAT | O_APPEND, mode);
    await sizeOfRegularFile(folder, name, file);
    return file;
  });

/**
 * Creates a folder but not its parents, because a session that was removed must not be created again. An
 * existing folder is accepted, a link to one is not.
 * @throws LinkRefused; the file system's error
 */
export async function makeFolderBelow(top: string, path: string, mode?: number): Promise<void> {
  if (path === top) return makeTop(top);
  await withFolderOf(top, path, async (folder, name) => {
    await folder.makeFolder(name, mode);
    await withFolder(folder.openSubfolder(name), async () => undefined);
  });
}

async function makeTop(path: string): Promise<void> {
  await fileCall(path, path, () => mkdir(path)).catch((error: unknown) => {
    if (!hasErrorCode(error, 'EEXIST')) throw error;
  });
}

/**
 * Removes an entry with everything below it; a missing one is not an error.
 * @throws LinkRefused if a folder above it is a link
 */
export const removeBelow = (top: string, path: string): Promise<void> =>
  unlessMissing(
    withFolderOf(top, path, (folder, name) => folder.removeTree(name)),
    undefined,
  );

/** There is a directory, a pipe or a device at the path of a file. */
class NotAFile extends Error {
  readonly code = 'ENXIO';

  readonly isDirectory: boolean;

  constructor(path: string, isDirectory: boolean) {
    super(`${path} is not a regular file.`);
    this.name = 'NotAFile';
    this.isDirectory = isDirectory;
  }
}

/** True if a pipe or a device was found where a file was expected, but not for a directory. */
export const isPipeOrDevice = (error: unknown): boolean => error instanceof NotAFile && !error.isDirectory;

/** True if a directory, a pipe or a device was found where a file was expected. */
const isNotAFile = (error: unknown): boolean => error instanceof NotAFile;

/** Like `isNotAFile`, but also true for a file that is too large. */
export const isUnusableFile = (error: unknown): boolean => isNotAFile(error) || error instanceof FileTooLarge;

/** A file that is larger than any that this service writes. */
export class FileTooLarge extends Error {
  /** As for a pipe or a device: it is not a file of this service. */
  readonly code = 'ENXIO';

  constructor(path: string, maxBytes: number) {
    super(`${path} is larger than ${maxBytes / 1024 / 1024} MiB.`);
    this.name = 'FileTooLarge';
  }
}

/**
 * Opens a file for reading; null if there is none.
 * @throws NotAFile; the file system's error, ELOOP for a link
 */
export async function openRegularFile(
  folder: RealFolder,
  name: string,
): Promise<{ file: FileHandle; size: number } | null> {
  const file = await unlessMissing(folder.openFile(name, constants.O_RDONLY), null);
  if (file === null) return null;
  return { file, size: await sizeOfRegularFile(folder, name, file) };
}

/** Size of a regular file; any other file is closed. @throws NotAFile; the file system's error */
async function sizeOfRegularFile(folder: RealFolder, name: string, file: FileHandle): Promise<number> {
  const status = await folder.call(name, () => file.stat());
  if (status.isFile()) return status.size;
  await file.close();
  throw new NotAFile(`${folder.path}${sep}${name}`, status.isDirectory());
}

/**
 * Text between two offsets, or up to the end of the file. Most files are read with a single call: a session
 * can have 100,000 records, and a second call for each would take long.
 */
async function readFrom(file: FileHandle, from: number, to: number): Promise<string> {
  const bytes = Buffer.allocUnsafe(to - from);
  let length = 0;
  while (length < bytes.length) {
    const { bytesRead } = await file.read(bytes, length, bytes.length - length, from + length);
    if (bytesRead === 0) break; // it was truncated in the meantime
    length += bytesRead;
  }
  return bytes.toString('utf8', 0, length);
}
