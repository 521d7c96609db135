import { dirname } from 'node:path';
import { makeFolderBelow, writeJsonBelow } from '../base/below.ts';

const INDENT = 1;

/**
 * Writes a value as readable JSON, atomically. Creates the folder, but not its parents: a session that was
 * removed must not be created again as an empty folder.
 * @param root - of the session; no link below it is followed
 * @throws LinkRefused; the file system's error
 */
export async function writeReadableJson(root: string, path: string, value: unknown): Promise<void> {
  await makeFolderBelow(root, dirname(path));
  await writeJsonBelow(root, path, value, INDENT);
}
