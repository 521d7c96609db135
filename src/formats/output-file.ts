import { closeSync, constants, fsyncSync, openSync, writeSync } from 'node:fs';
import { errorCodeOf } from '../base/errors.ts';
import { CodedError } from '../contract/errors.ts';

const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants;
/** A symbolic link at the path is refused with ELOOP, a pipe with ENXIO. */
const WRITE_NO_LINK = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK;

/**
 * A file that is written from front to back, or at given offsets. Synchronous; used in worker threads and
 * processes.
 */
export interface OutputFile {
  readonly path: string;
  /** Bytes appended so far. */
  readonly sizeBytes: number;
  append(bytes: Uint8Array): void;
  /** Overwrites bytes that were appended before. */
  patch(offset: number, bytes: Uint8Array): void;
  /** Flushes to the disk and closes. */
  finish(): void;
  /** Closes without flushing, e.g. after an error; may be called at any time, more than once. */
  abandon(): void;
}

/**
 * Creates or truncates `path` without following a link. The caller chooses a temporary name and renames the
 * file.
 * @throws CodedError DISK_FULL or OUTPUT_NOT_WRITABLE
 */
export function createOutputFile(path: string): OutputFile {
  const fd = withErrorCode(path, () => openSync(path, WRITE_NO_LINK));
  let size = 0;
  let isOpen = true;
  const write = (bytes: Uint8Array, position: number) =>
    withErrorCode(path, () => {
      for (let writtenBytes = 0; writtenBytes < bytes.length; )
        writtenBytes += writeSync(
          fd,
          bytes,
          writtenBytes,
          bytes.length - writtenBytes,
          position + writtenBytes,
        );
    });
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    closeSync(fd);
  };
  return {
    path,
    get sizeBytes() {
      return size;
    },
    append(bytes) {
      write(bytes, size);
      size += bytes.length;
    },
    patch: (offset, bytes) => write(bytes, offset),
    finish() {
      withErrorCode(path, () => fsyncSync(fd));
      close();
    },
    abandon: close,
  };
}

function withErrorCode<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const code = errorCodeOf(error);
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    throw new CodedError(
      isFull ? 'DISK_FULL' : 'OUTPUT_NOT_WRITABLE',
      `Writing failed with ${code ?? String(error)}.`,
      { file: path },
      { cause: error },
    );
  }
}
