import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { hasErrorCode } from '../../base/errors.ts';
import { fileCall } from '../../base/file-calls.ts';
import { isInside } from '../../base/real-path.ts';
import { CodedError } from '../../contract/errors.ts';
import { type OutputFolders, readRecord } from '../../pipeline/record-file.ts';
import type { SessionPaths } from '../names.ts';

const PICTURE = /\.(jpe?g|png)$/i;

export const isPicture = (fileName: string): boolean => PICTURE.test(fileName);

/**
 * Absolute path of an output of a movie, checked to be inside the session.
 * @throws CodedError NO_SUCH_PICTURE
 */
export async function outputPath(paths: SessionPaths, base: string, role: string): Promise<string> {
  const record = await readRecord(paths, base);
  const name = record && Object.hasOwn(record.files, role) ? record.files[role] : undefined;
  if (name === undefined) throw new CodedError('NO_SUCH_PICTURE', '');
  return realOutput(paths, name);
}

/**
 * Real path of a file in the folder of outputs, checked to exist and to be inside the session. A caller that
 * opens it must check that the open file still has this real path, see `openAtRealPath`.
 * @throws CodedError NO_SUCH_PICTURE
 */
export async function realOutput({ root, processed }: OutputFolders, name: string): Promise<string> {
  const limited = <Value>(work: () => Promise<Value>) => fileCall(root, processed, work);
  try {
    const [top, folder, real] = await Promise.all([
      limited(() => realpath(root)),
      limited(() => realpath(processed)),
      limited(() => realpath(join(processed, name))),
    ]);
    const isOutput =
      isInside(top, folder) && isInside(folder, real) && (await limited(() => stat(real))).isFile();
    if (!isOutput) throw new CodedError('NO_SUCH_PICTURE', '');
    return real;
  } catch (error) {
    if (hasErrorCode(error, 'ENOENT', 'ENOTDIR', 'ELOOP')) throw new CodedError('NO_SUCH_PICTURE', '');
    throw error;
  }
}
