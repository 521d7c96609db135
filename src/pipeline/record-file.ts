import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { tryParseJson } from '../base/json.ts';
import { readOwnText } from '../base/own-file.ts';
import { presentCode } from '../contract/errors.ts';
import { type MovieIdentity, type ResultRecord, resultRecordSchema } from '../contract/record.ts';

/** Folder of the records below `processed/`. */
export const RESULTS_FOLDER = 'results';

export const recordPath = (processedDir: string, base: string): string =>
  join(processedDir, RESULTS_FOLDER, `${base}.json`);

/**
 * The record of a movie; null if there is none or this version cannot read it (the movie is then processed
 * again).
 */
export async function readRecord(processedDir: string, base: string): Promise<ResultRecord | null> {
  const text = await readOwnText(recordPath(processedDir, base));
  if (text === null) return null;
  const parsed = resultRecordSchema.safeParse(withCurrentCode(tryParseJson(text)));
  return parsed.success ? parsed.data : null;
}

/** A record of an earlier version may have an error code that has been renamed since then. */
function withCurrentCode(record: unknown): unknown {
  const old = failedRecordSchema.safeParse(record);
  if (!old.success) return record;
  return { ...old.data, outcome: { ...old.data.outcome, code: presentCode(old.data.outcome.code) } };
}

const failedRecordSchema = z.looseObject({ outcome: z.looseObject({ code: z.string() }) });

export const serializeRecord = (record: ResultRecord): string => `${JSON.stringify(record)}\n`;

/** True if it is the same file, according to name, size and time. Times are compared to the millisecond. */
export const isSameMovie = (a: MovieIdentity, b: MovieIdentity): boolean =>
  a.path === b.path && a.sizeBytes === b.sizeBytes && Math.abs(a.mtimeMs - b.mtimeMs) < 1;

/** True if every output in the record exists. */
export const hasAllFiles = (record: ResultRecord, processedDir: string): boolean =>
  Object.values(record.files).every((name) => existsSync(join(processedDir, name)));
