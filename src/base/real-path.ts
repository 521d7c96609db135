import { constants, existsSync, readlinkSync, realpathSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { sep } from 'node:path';
import { isMissingOrLink, unlessMissing } from './missing-file.ts';

/** Linux lists the open files and directories of a process here. */
const PROC_FD = '/proc/self/fd';

/**
 * False on macOS: there, links are refused by a check before each operation, which leaves a race between
 * check and use.
 */
export const HAS_PROC_FD = existsSync(PROC_FD);

/**
 * Path of an open file or directory, valid in this process. It still refers to the same file or directory if
 * the original path is replaced later.
 */
export const pathOfOpenFile = (fd: number): string => `${PROC_FD}/${fd}`;

/** True if `path` is below `folder`, and not the folder itself. Both must be resolved. */
export const isBelow = (folder: string, path: string): boolean =>
  path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/** True if `path` is `folder` or is below it. Both must be resolved. */
export const isInside = (folder: string, path: string): boolean => path === folder || isBelow(folder, path);

/** Real path; null if there is no such file or folder, or if it cannot be reached. */
export function realPathIfExists(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

/** Real path of an open file or directory. @param path - by which it was opened */
export const realPathOf = (fd: number, path: string): string =>
  HAS_PROC_FD ? readlinkSync(pathOfOpenFile(fd)) : realpathSync(path);

/** Real paths: an opened file must be one of them or below one of them; undefined: anywhere. */
export type Boundary = string | readonly string[] | undefined;

/** Whether an open file is one of `within` or is below one of them, whatever links were followed to it. */
export function isOpenWithin(fd: number, path: string, within: string | readonly string[]): boolean {
  const real = realPathOf(fd, path);
  return [within].flat().some((folder) => isInside(folder, real));
}

/**
 * Opens a regular file for reading if `path` is still its real path, that is, if no component of the path has
 * been replaced by a link since it was resolved; otherwise null. @throws the file system's error
 */
export async function openAtRealPath(path: string): Promise<FileHandle | null> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await unlessMissing(open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK), null, isMissingOrLink);
  if (file === null) return null;
  if (isOpenWithin(file.fd, path, path) && (await file.stat()).isFile()) return file;
  await file.close();
  return null;
}
