import { stat } from 'node:fs/promises';
import { errorCodeOf } from './errors.ts';

/** Codes for a file that does not exist: the file itself or a directory above it is missing. */
const MISSING_CODES: ReadonlySet<string | null> = new Set(['ENOENT', 'ENOTDIR']);
/** ESTALE: the file behind an open handle was removed on another machine. */
const STALE_CODE = 'ESTALE';

/** True if the error means that a file does not exist. */
export const isMissingFile = (error: unknown): boolean => MISSING_CODES.has(errorCodeOf(error));

/**
 * Like `isMissingFile`, but also true for a symbolic link: the service's own files and folders in a session
 * are never links.
 */
export const isMissingOrLink = (error: unknown): boolean =>
  isMissingFile(error) || errorCodeOf(error) === 'ELOOP';

/** Like `isMissingOrLink`, but also true for a stale handle of a network file system. */
export const isMissingOrStale = (error: unknown): boolean =>
  isMissingOrLink(error) || errorCodeOf(error) === STALE_CODE;

/**
 * Whether a file or directory exists at a path.
 * @throws the file system's error, except for a missing file
 */
export const exists = (path: string): Promise<boolean> =>
  unlessMissing(
    stat(path).then(() => true),
    false,
  );

/** The result of a file operation, or `fallback` if the file does not exist. @throws every other error */
export async function unlessMissing<Value, Fallback>(
  operation: Promise<Value>,
  fallback: Fallback,
  isMissing: (error: unknown) => boolean = isMissingFile,
): Promise<Value | Fallback> {
  try {
    return await operation;
  } catch (error) {
    if (isMissing(error)) return fallback;
    throw error;
  }
}
