import { errorCodeOf } from './errors.ts';

/** There is no such file: itself or a directory above it is missing. */
const MISSING: ReadonlySet<string | null> = new Set(['ENOENT', 'ENOTDIR']);
/** A file server has forgotten the file that a handle stood for: somebody on another machine removed it. */
const STALE = 'ESTALE';

/** True where the error says that a file does not exist. */
export const isMissingFile = (error: unknown): boolean => MISSING.has(errorCodeOf(error));

/** As `isMissingFile`, and true as well where a file server has just lost the file. */
export const isMissingOrStale = (error: unknown): boolean =>
  isMissingFile(error) || errorCodeOf(error) === STALE;

/** The result of work on a file, or `otherwise` where there is no such file. @throws every other error */
export async function unlessMissing<Value, Otherwise>(
  work: Promise<Value>,
  otherwise: Otherwise,
  isMissing: (error: unknown) => boolean = isMissingFile,
): Promise<Value | Otherwise> {
  try {
    return await work;
  } catch (error) {
    if (isMissing(error)) return otherwise;
    throw error;
  }
}
