import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tryReadJsonFile } from '../base/json-file.ts';
import { type MovieIdentity, type ResultRecord, resultRecordSchema } from '../contract/record.ts';

/** Folder of the records below `processed/`. */
export const RESULTS_FOLDER = 'results';

export const recordPath = (processedDir: string, base: string): string =>
  join(processedDir, RESULTS_FOLDER, `${base}.json`);

/** The record of a movie; null where there is none, or none that this version can read (then it is made anew). */
export async function readRecord(processedDir: string, base: string): Promise<ResultRecord | null> {
  return tryReadJsonFile(recordPath(processedDir, base), resultRecordSchema);
}

export const serializeRecord = (record: ResultRecord): string => `${JSON.stringify(record)}\n`;

/** True where it is the same file, as far as name, size and time can say. Times are equal to the millisecond. */
export const isSameMovie = (a: MovieIdentity, b: MovieIdentity): boolean =>
  a.path === b.path && a.sizeBytes === b.sizeBytes && Math.abs(a.mtimeMs - b.mtimeMs) < 1;

/** True where every output that the record names is there. */
export const hasAllFiles = (record: ResultRecord, processedDir: string): boolean =>
  Object.values(record.files).every((name) => existsSync(join(processedDir, name)));
