import { type Stats, statSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';
import { CodedError } from '../contract/errors.ts';
import type { MovieIdentity } from '../contract/record.ts';
import { isSameMovie } from './record-file.ts';

/**
 * Checks that the movie exists and has not changed since discovery found it; called before and after
 * processing.
 * @throws CodedError MOVIE_MISSING, MOVIE_EMPTY, MOVIE_CHANGED
 */
export function verifyMovie(path: string, expected: MovieIdentity): void {
  const found = statOf(path);
  if (found.size === 0) throw new CodedError('MOVIE_EMPTY', '', { file: path });
  const { fingerprint: _, ...identity } = expected;
  if (!isSameMovie(identity, { ...identity, sizeBytes: found.size, mtimeMs: found.mtimeMs }))
    throw new CodedError('MOVIE_CHANGED', '', {
      file: path,
      expected: describe(expected.sizeBytes, expected.mtimeMs),
      found: describe(found.size, found.mtimeMs),
    });
}

/**
 * Checks that the references exist, before minutes are spent on a movie that would fail.
 * @throws CodedError GAIN_MISSING, DEFECTS_UNREADABLE
 */
export function verifyReferences(gainPath: string | null, defectMapPath: string | null): void {
  if (gainPath !== null && !isFile(gainPath)) throw new CodedError('GAIN_MISSING', '', { file: gainPath });
  if (defectMapPath !== null && !isFile(defectMapPath))
    throw new CodedError('DEFECTS_UNREADABLE', 'The file does not exist.', { file: defectMapPath });
}

const isFile = (path: string) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

const describe = (sizeBytes: number, mtimeMs: number) =>
  `${sizeBytes} bytes, modified ${new Date(mtimeMs).toISOString()}`;

function statOf(path: string): Stats {
  let found: Stats | undefined;
  try {
    found = statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new CodedError('MOVIE_MISSING', messageOf(error), { file: path }, { cause: error });
  }
  if (!found) throw new CodedError('MOVIE_MISSING', '', { file: path });
  if (!found.isFile()) throw new CodedError('MOVIE_CORRUPT', 'It is not a file.', { file: path });
  return found;
}
