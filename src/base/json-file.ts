import { parseJsonAs, type Schema, tryParseJsonAs } from './json.ts';
import { isMissingFile, unlessMissing } from './missing-file.ts';
import { readOwnText } from './own-file.ts';

/**
 * Reads a JSON file and checks it against a schema; null if there is no file. @throws LocatedError; the file
 * system's error
 */
export async function readJsonFile<Value>(path: string, schema: Schema<Value>): Promise<Value | null> {
  const text = await readOwnText(path);
  return text === null ? null : parseJsonAs(text, schema, path);
}

/**
 * Like `readJsonFile`, but also returns null if the file is damaged or has another version.
 * @throws the file system's error
 */
export async function tryReadJsonFile<Value>(
  path: string,
  schema: Schema<Value>,
  isMissing: (error: unknown) => boolean = isMissingFile,
): Promise<Value | null> {
  const text = await unlessMissing(readOwnText(path), null, isMissing);
  return text === null ? null : tryParseJsonAs(text, schema);
}
