import { dirname } from 'node:path';
import { writeJsonAtomic as writeAtomic } from '../../base/atomic-file.ts';
import { makeOneDirectory } from '../../base/durable-file.ts';

/**
 * A value as JSON, whole or not at all. Creates the folder, but none above it: a session that was taken away must not
 * come back as an empty shell.
 */
export async function writeJsonAtomic(path: string, value: unknown): Promise<void> {
  await makeOneDirectory(dirname(path));
  await writeAtomic(path, value, 1);
}
