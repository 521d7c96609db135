import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../base/errors.ts';
import { CodedError } from '../../contract/errors.ts';
import { readRecord } from '../../pipeline/record-file.ts';
import { isInside, type SessionPaths } from '../names.ts';

const PICTURE = /\.(jpe?g|png)$/i;

export const isPicture = (fileName: string): boolean => PICTURE.test(fileName);

/** Absolute path of an output of a movie, proven to lie inside the session. @throws CodedError NO_SUCH_PICTURE */
export async function outputPath({ processed }: SessionPaths, base: string, role: string): Promise<string> {
  const record = await readRecord(processed, base);
  const name = record && Object.hasOwn(record.files, role) ? record.files[role] : undefined;
  if (name === undefined) throw new CodedError('NO_SUCH_PICTURE', '');
  try {
    const [folder, real] = await Promise.all([realpath(processed), realpath(join(processed, name))]);
    if (!isInside(folder, real)) throw new CodedError('NO_SUCH_PICTURE', '');
    return real;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT')) throw new CodedError('NO_SUCH_PICTURE', '');
    throw error;
  }
}
