import { basename, dirname } from 'node:path';
import { FileTooLarge, openRegularFile, withFolderBelow } from './below.ts';
import { unlessMissing } from './missing-file.ts';

const NEWLINE = 10;
/** Small enough that the lines of one chunk are handled within milliseconds. */
const CHUNK_BYTES = 256 * 1024;

export interface LineLimits {
  readonly maxFileBytes: number;
  readonly maxLineBytes: number;
}

/**
 * Calls `onLine` with each non-empty line of a regular file; with null for a line that is too long. The file
 * is read in chunks, so that memory is bounded and other work is done in between. No file: no lines.
 * @throws FileTooLarge; as `readBelow`
 */
export async function readLinesBelow(
  top: string,
  path: string,
  { maxFileBytes, maxLineBytes }: LineLimits,
  onLine: (line: string | null) => void,
): Promise<void> {
  const name = basename(path);
  const reading = withFolderBelow(top, dirname(path), async (folder) => {
    const opened = await openRegularFile(folder, name);
    if (opened === null) return;
    const { file, size } = opened;
    try {
      if (size > maxFileBytes) throw new FileTooLarge(path, maxFileBytes);
      const lines = new LineSplitter(maxLineBytes, onLine);
      const chunk = Buffer.alloc(Math.min(size, CHUNK_BYTES));
      // Lines that are appended meanwhile are not read.
      for (let offset = 0; offset < size; ) {
        const length = Math.min(chunk.length, size - offset);
        const read = () => file.read(chunk, 0, length, offset);
        const { bytesRead } = await folder.call(name, read, { bytes: length });
        if (bytesRead === 0) break; // it was truncated in the meantime
        lines.add(chunk.subarray(0, bytesRead));
        offset += bytesRead;
      }
      lines.end();
    } finally {
      await folder.closeFile(name, file);
    }
  });
  await unlessMissing(reading, undefined);
}

/** Splits chunks of bytes into lines. */
class LineSplitter {
  private readonly maxLineBytes: number;
  private readonly onLine: (line: string | null) => void;
  /** The beginning of a line whose end is in a later chunk. */
  private parts: Buffer[] = [];
  private bytes = 0;

  constructor(maxLineBytes: number, onLine: (line: string | null) => void) {
    this.maxLineBytes = maxLineBytes;
    this.onLine = onLine;
  }

  /** @param chunk - a buffer that the caller reuses after the call */
  add(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.append(chunk.subarray(start, end));
      this.end();
      start = end + 1;
    }
    this.append(Buffer.from(chunk.subarray(start)));
  }

  /** The end of a line, or of the file. */
  end(): void {
    const { parts, bytes } = this;
    if (bytes > this.maxLineBytes) this.onLine(null);
    else if (bytes > 0) this.onLine(parts.length === 1 ? String(parts[0]) : Buffer.concat(parts).toString());
    this.parts = [];
    this.bytes = 0;
  }

  private append(part: Buffer): void {
    if (part.length === 0) return;
    this.bytes += part.length;
    if (this.bytes <= this.maxLineBytes) this.parts.push(part);
    else this.parts = [];
  }
}
