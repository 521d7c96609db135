import type { FileHandle } from 'node:fs/promises';
import type { z } from 'zod';
import { openToAppendBelow, readBelow } from '../../base/below.ts';
import { closeFile, fileCall, SYNC_LIMIT_MS } from '../../base/file-lanes.ts';
import { tryParseJson } from '../../base/json.ts';
import { Mutex } from '../../base/mutex.ts';

const NEWLINE = 10;
/** Readable and writable by user and group, where the umask allows it. */
const FILE_MODE = 0o664;

/**
 * A file to which JSON values are appended, one per line. A line is on the disk before `append` resolves. A
 * line that a crash left incomplete is skipped when reading, and does not damage the next line. Links are not
 * followed. Folders are not created, so that a removed session does not reappear.
 */
export class JsonLines<Schema extends z.ZodType> {
  readonly path: string;
  private readonly root: string;
  private readonly schema: Schema;
  private readonly mutex = new Mutex();

  /** @param root - of the session; no link below it is followed */
  constructor(root: string, path: string, schema: Schema) {
    this.root = root;
    this.path = path;
    this.schema = schema;
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

  /** All values, oldest first, and the number of unreadable lines; empty if there is no file. */
  async read(): Promise<{ values: z.infer<Schema>[]; damaged: number }> {
    const text = (await readBelow(this.root, this.path)) ?? '';
    const values: z.infer<Schema>[] = [];
    let damaged = 0;
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const parsed = this.schema.safeParse(tryParseJson(line));
      if (parsed.success) values.push(parsed.data);
      else damaged++;
    }
    return { values, damaged };
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
