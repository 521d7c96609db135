import { dirname } from 'node:path';
import { writeJsonAtomic } from '../base/atomic-file.ts';
import { makeOneDirectory } from '../base/durable-file.ts';

const INDENT = 1;

/**
 * Writes a value as JSON that people can read, whole or not at all. Makes the folder, but none above it: a session that
 * was taken away must not come back as an empty shell.
 * @throws the file system's error
 */
export async function writeReadableJson(path: string, value: unknown): Promise<void> {
  await makeOneDirectory(dirname(path));
  await writeJsonAtomic(path, value, INDENT);
}
