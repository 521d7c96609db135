import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../base/errors.ts';
import { fileCall } from '../base/file-calls.ts';
import { isInside } from '../base/real-path.ts';
import type { SessionKey } from '../contract/api.ts';
import { CodedError } from '../contract/errors.ts';
import { RAW_FOLDER, WORKFLOW_FOLDER } from '../contract/session-folders.ts';

/**
 * A single folder name that begins with a letter or digit: no slashes, no encoded characters, no `.` or `..`.
 */
const FOLDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/;

export const isFolderName = (name: string): boolean => FOLDER_NAME.test(name);

/** @throws CodedError BAD_NAME */
export function assertFolderName(field: string, name: string): void {
  if (!isFolderName(name)) throw new CodedError('BAD_NAME', `The ${field} is not a valid name.`, { field });
}

/** @throws CodedError BAD_NAME */
export function assertKey(key: SessionKey): void {
  assertFolderName('project', key.project);
  assertFolderName('user', key.user);
  assertFolderName('session', key.session);
}

/** Paths of the parts of a session; all absolute. */
export interface SessionPaths {
  readonly root: string;
  readonly raw: string;
  readonly workflow: string;
  readonly processed: string;
  readonly results: string;
}

export function pathsOf(sessionDir: string, key: SessionKey): SessionPaths {
  const root = join(sessionDir, key.project, 'sessions', key.user, key.session);
  const processed = join(root, 'processed');
  return {
    root,
    raw: join(root, RAW_FOLDER),
    workflow: join(root, WORKFLOW_FOLDER),
    processed,
    results: join(processed, 'results'),
  };
}

export const keyText = (key: SessionKey): string => `${key.project}/${key.user}/${key.session}`;

/**
 * The paths of a session if it exists as a directory inside `sessionDir`, even after resolving symbolic
 * links.
 * @throws CodedError BAD_NAME
 */
export async function locateSession(sessionDir: string, key: SessionKey): Promise<SessionPaths | null> {
  assertKey(key);
  const paths = pathsOf(sessionDir, key);
  try {
    const limited = <Value>(work: () => Promise<Value>) => fileCall(paths.root, paths.root, work);
    if (!(await limited(() => stat(paths.root))).isDirectory()) return null;
    const [top, root] = await Promise.all([
      limited(() => realpath(sessionDir)),
      limited(() => realpath(paths.root)),
    ]);
    return isInside(top, root) ? paths : null;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return null;
    throw error;
  }
}

/** URL path of a movie below `/api/v1`. */
export const movieUrlPathOf = (key: SessionKey, base: string): string =>
  `/api/v1/sessions/${[key.project, key.user, key.session].map(encodeURIComponent).join('/')}/movies/${encodeURIComponent(base)}`;
