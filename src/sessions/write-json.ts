import { dirname } from 'node:path';
import { writeJsonAtomic } from '../base/atomic-file.ts';
import { makeOneDirectory } from '../base/durable-file.ts';

const INDENT = 1;

/**
 * Writes a value as readable JSON, atomically. Creates the folder, but not its parents: a session that was
 * removed must not be created again as an empty folder.
 * @throws the file system's error
 */
export async function writeReadableJson(path: string, value: unknown): Promise<void> {
  await makeOneDirectory(dirname(path));
  await writeJsonAtomic(path, value, INDENT);
}
