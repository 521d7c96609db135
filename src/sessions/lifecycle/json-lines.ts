import type { FileHandle } from 'node:fs/promises';
import type { z } from 'zod';
import { openToAppendBelow, readTailBelow } from '../../base/below.ts';
import { closeFile, fileCall, SYNC_LIMIT_MS } from '../../base/file-calls.ts';
import { tryParseJson } from '../../base/json.ts';
import { readLinesBelow } from '../../base/lines-below.ts';
import { Mutex } from '../../base/mutex.ts';

const NEWLINE = 10;
/** Readable and writable by user and group, where the umask allows it. */
const FILE_MODE = 0o664;
/** The longest line is a review of 100,000 movies (16 MiB); a large session has a few of them. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;
const MAX_LINE_BYTES = 32 * 1024 * 1024;
/** The newest lines are searched in this many bytes at the end of the file. */
const TAIL_BYTES = 2 * 1024 * 1024;

/**
 * A file to which JSON values are appended, one per line. A line is on the disk before `append` resolves. A
 * line that a crash left incomplete is skipped when reading, and does not damage the next line. Links are not
 * followed. Folders are not created, so that a removed session does not reappear.
 */
export class JsonLines<Schema extends z.ZodType> {
  readonly path: string;
  private readonly root: string;
  private readonly schema: Schema;
  private readonly maxFileBytes: number;
  private readonly mutex = new Mutex();

  /** @param root - of the session; no link below it is followed */
  constructor(root: string, path: string, schema: Schema, maxFileBytes = MAX_FILE_BYTES) {
    this.root = root;
    this.path = path;
    this.schema = schema;
    this.maxFileBytes = maxFileBytes;
  }

  /** @throws the file system's error */
  append(value: z.infer<Schema>): Promise<void> {
    return this.mutex.run(async () => {
      const file = await openToAppendBelow(this.root, this.path, FILE_MODE);
      try {
        const append = () => appendLine(file, JSON.stringify(value));
        await fileCall(this.root, this.path, append, { limitMs: SYNC_LIMIT_MS });
      } finally {
        await closeFile(this.root, this.path, file);
      }
    });
  }

  /**
   * All values, oldest first, and the number of unreadable lines; empty if there is no file.
   * @throws FileTooLarge; the file system's error
   */
  async read(): Promise<{ values: z.infer<Schema>[]; damaged: number }> {
    const values: z.infer<Schema>[] = [];
    const damaged = await this.readEach((value) => values.push(value));
    return { values, damaged };
  }

  /**
   * Calls `onValue` with each value, oldest first.
   * @returns the number of unreadable lines @throws FileTooLarge; the file system's error
   */
  async readEach(onValue: (value: z.infer<Schema>) => void): Promise<number> {
    let damaged = 0;
    const limits = { maxFileBytes: this.maxFileBytes, maxLineBytes: MAX_LINE_BYTES };
    await readLinesBelow(this.root, this.path, limits, (line) => {
      const value = line === null ? null : this.valueOf(line);
      if (value === null) damaged++;
      else onValue(value);
    });
    return damaged;
  }

  /** The last values, newest first; unreadable lines are skipped. @throws the file system's error */
  async newest(count: number): Promise<z.infer<Schema>[]> {
    const text = (await readTailBelow(this.root, this.path, TAIL_BYTES))?.text ?? '';
    const values: z.infer<Schema>[] = [];
    for (let end = text.length; end > 0 && values.length < count; ) {
      const start = text.lastIndexOf('\n', end - 1) + 1;
      const value = start < end ? this.valueOf(text.slice(start, end)) : null;
      if (value !== null) values.push(value);
      end = start - 1;
    }
    return values;
  }

  private valueOf(line: string): z.infer<Schema> | null {
    const parsed = this.schema.safeParse(tryParseJson(line));
    return parsed.success ? parsed.data : null;
  }
}

/** Appends a line, and ends one that a crash left incomplete. */
async function appendLine(file: FileHandle, text: string): Promise<void> {
  const { size } = await file.stat();
  const lastByte = Buffer.alloc(1, NEWLINE);
  if (size > 0) await file.read(lastByte, 0, 1, size - 1);
  await file.appendFile(`${lastByte[0] === NEWLINE ? '' : '\n'}${text}\n`);
  await file.sync();
}
