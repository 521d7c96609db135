import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../base/errors.ts';
import { CodedError } from '../../contract/errors.ts';
import { readRecord } from '../../pipeline/record-file.ts';
import { isInside, type SessionPaths } from '../names.ts';

const PICTURE = /\.(jpe?g|png)$/i;

export const isPicture = (fileName: string): boolean => PICTURE.test(fileName);

/** Whether the real path of a file is in a folder. */
export async function isWithin(folder: string, path: string): Promise<boolean> {
  try {
    const [top, real] = await Promise.all([realpath(folder), realpath(path)]);
    return isInside(top, real);
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) return false;
    throw error;
  }
}

/**
 * Absolute path of an output of a movie, checked to be inside the session.
 * @throws CodedError NO_SUCH_PICTURE
 */
export async function outputPath(
  { root, processed }: SessionPaths,
  base: string,
  role: string,
): Promise<string> {
  if (!(await isWithin(root, processed))) throw new CodedError('NO_SUCH_PICTURE', '');
  const record = await readRecord(processed, base);
  const name = record && Object.hasOwn(record.files, role) ? record.files[role] : undefined;
  if (name === undefined) throw new CodedError('NO_SUCH_PICTURE', '');
  try {
    const [folder, real] = await Promise.all([realpath(processed), realpath(join(processed, name))]);
    if (!isInside(folder, real) || !(await stat(real)).isFile()) throw new CodedError('NO_SUCH_PICTURE', '');
    return real;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw new CodedError('NO_SUCH_PICTURE', '');
    throw error;
  }
}
