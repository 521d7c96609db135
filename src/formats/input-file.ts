import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errorCodeOf } from '../base/errors.ts';
import { type Boundary, isOpenWithin } from '../base/real-path.ts';
import { CodedError } from '../contract/errors.ts';

/** A file that is read at given offsets, never as a whole. Its size is read once, when it is opened. */
export interface InputFile {
  readonly path: string;
  readonly sizeBytes: number;
  /**
   * Fills `target` with the bytes from `offset` on.
   * @param field - name of the part that is read, for the error
   * @throws CodedError MOVIE_TRUNCATED if the file ends before `target` is full
   */
  readInto(target: Uint8Array, offset: number, field: string): void;
  /**
   * Like `readInto`, for small parts: returns a view of a buffer that is filled by larger reads. The view is
   * valid until the next call.
   */
  peek(offset: number, length: number, field: string): Uint8Array;
  close(): void;
}

/** Printed after the sentence that says that a file is missing. */
const LINK_POINTS_OUTSIDE = 'A symbolic link points outside the session, and is not followed.';

/** `peek` reads this much at once: the directories of a TIFF and their small tables are usually adjacent. */
const WINDOW_BYTES = 16384;

/**
 * @param within - real path of the file or of a folder that must contain it, no matter which links were
 * followed; absent: anywhere
 * @throws CodedError MOVIE_MISSING if it cannot be opened, MOVIE_EMPTY if it has no bytes
 */
export function openInputFile(path: string, within?: Boundary): InputFile {
  const fd = openWithin(path, within);
  const stat = fstatSync(fd);
  const sizeBytes = stat.size;
  if (!stat.isFile() || sizeBytes === 0) {
    closeSync(fd);
    if (stat.isFile())
      throw new CodedError('MOVIE_EMPTY', '', { file: path, expected: 'some bytes', found: '0 bytes' });
    throw new CodedError('MOVIE_CORRUPT', 'It is not a regular file.', { file: path });
  }
  let isClosed = false;
  const window = { bytes: new Uint8Array(0), offset: 0 };

  const truncatedError = (offset: number, length: number, field: string) =>
    new CodedError('MOVIE_TRUNCATED', '', {
      file: path,
      offset,
      field,
      expected: `at least ${offset + length} bytes`,
      found: `${sizeBytes} bytes`,
    });
  const readInto = (target: Uint8Array, offset: number, field: string) => {
    if (!(offset >= 0) || offset + target.length > sizeBytes)
      throw truncatedError(offset, target.length, field);
    for (let filledBytes = 0; filledBytes < target.length; ) {
      const bytesRead = readSync(fd, target, filledBytes, target.length - filledBytes, offset + filledBytes);
      if (bytesRead === 0) throw truncatedError(offset, target.length, field);
      filledBytes += bytesRead;
    }
  };
  return {
    path,
    sizeBytes,
    readInto,
    peek(offset, length, field) {
      if (!(offset >= 0) || offset + length > sizeBytes) throw truncatedError(offset, length, field);
      if (offset < window.offset || offset + length > window.offset + window.bytes.length) {
        const bytes = new Uint8Array(Math.min(Math.max(length, WINDOW_BYTES), sizeBytes - offset));
        readInto(bytes, offset, field);
        window.bytes = bytes;
        window.offset = offset;
      }
      return window.bytes.subarray(offset - window.offset, offset - window.offset + length);
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      closeSync(fd);
    },
  };
}

/**
 * Opens a file as `openInputFile` does and returns its descriptor. Does not block on a pipe.
 * @throws CodedError MOVIE_MISSING
 */
export function openWithin(path: string, within: Boundary): number {
  const fd = open(path);
  if (within === undefined || isOpenWithin(fd, path, within)) return fd;
  closeSync(fd);
  throw new CodedError('MOVIE_MISSING', LINK_POINTS_OUTSIDE, { file: path });
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const code = errorCodeOf(error) ?? String(error);
    throw new CodedError(
      'MOVIE_MISSING',
      `Opening the file failed with ${code}.`,
      { file: path },
      { cause: error },
    );
  }
}
