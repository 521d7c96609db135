import { join } from 'node:path';
import { z } from 'zod';
import { isUnusableFile, readFileIn, withFolderBelow } from '../base/below.ts';
import { tryParseJson } from '../base/json.ts';
import { isMissingOrLink, unlessMissing } from '../base/missing-file.ts';
import type { RealFolder } from '../base/real-folder.ts';
import { CodedError, currentCode } from '../contract/errors.ts';
import { type MovieIdentity, type ResultRecord, resultRecordSchema } from '../contract/record.ts';

/** Folder of the records below `processed/`. */
export const RESULTS_FOLDER = 'results';

/**
 * Where outputs are: `processed`, in a session or in a trial. `root` is the session's folder; no link from
 * there down is followed.
 */
export interface OutputFolders {
  readonly root: string;
  readonly processed: string;
}

export const recordPath = (processedDir: string, base: string): string =>
  join(processedDir, RESULTS_FOLDER, `${base}.json`);

/**
 * Larger numbers cannot be results. Sums and squares of smaller numbers are finite, even in single precision,
 * so that no query of a session can fail because of a record.
 */
const MAX_RECORD_NUMBER = 1e18;

/** A record has a hundred kilobytes, or half a megabyte for an EER movie with thousands of frames. */
const MAX_RECORD_BYTES = 8 * 1024 * 1024;
const RECORD_LIMITS = { depth: 16, values: 300_000 };

/**
 * The record of a movie; null if there is none, or if this version cannot read it or its values are
 * impossible (then it is written again).
 */
export async function readRecord(folders: OutputFolders, base: string): Promise<ResultRecord | null> {
  const [record = null] = await readRecords(folders, [base]);
  return record;
}

/** Like `readRecord`, for several movies, in parallel: the folder is opened once. */
export async function readRecords(
  { root, processed }: OutputFolders,
  bases: readonly string[],
): Promise<(ResultRecord | null)[]> {
  const reading = withFolderBelow(root, join(processed, RESULTS_FOLDER), async (results) => {
    // The folder stays open until every record has been read, even if reading one of them fails.
    const records = await Promise.allSettled(bases.map((base) => recordIn(results, base)));
    return records.map((record) => {
      if (record.status === 'rejected') throw record.reason;
      return record.value;
    });
  });
  return unlessMissing(
    reading,
    bases.map(() => null),
    isMissingOrLink,
  );
}

async function recordIn(results: RealFolder, base: string): Promise<ResultRecord | null> {
  const text = await unlessMissing(readFileIn(results, `${base}.json`, MAX_RECORD_BYTES), null, isNoRecord);
  return text === null ? null : recordOf(text);
}

/** A directory, a pipe or a huge file with the name of a record is not read; a new record replaces it. */
const isNoRecord = (error: unknown): boolean => isMissingOrLink(error) || isUnusableFile(error);

function recordOf(text: string): ResultRecord | null {
  const parsed = resultRecordSchema.safeParse(withCurrentCode(tryParseJson(text, RECORD_LIMITS)));
  return parsed.success && hasPlausibleNumbers(parsed.data) ? parsed.data : null;
}

function hasPlausibleNumbers(value: unknown): boolean {
  if (typeof value === 'number') return Math.abs(value) <= MAX_RECORD_NUMBER;
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(hasPlausibleNumbers);
}

/** A record of an earlier version may have an error code that has been renamed since then. */
function withCurrentCode(record: unknown): unknown {
  const old = failedRecordSchema.safeParse(record);
  if (!old.success) return record;
  return { ...old.data, outcome: { ...old.data.outcome, code: currentCode(old.data.outcome.code) } };
}

const failedRecordSchema = z.looseObject({ outcome: z.looseObject({ code: z.string() }) });

/**
 * JSON cannot represent NaN and infinities, so a record has finite numbers only: a value that could not be
 * calculated is null, and listed in a warning.
 * @throws CodedError INTERNAL if there must be a number
 */
export function finiteRecord(record: ResultRecord): ResultRecord {
  const missing = nonFinitePaths(record, '');
  if (missing.length === 0) return record;
  const fields = `${missing.slice(0, MAX_LISTED).join(', ')}${missing.length > MAX_LISTED ? ', ...' : ''}`;
  const nulls: unknown = JSON.parse(JSON.stringify(record));
  const parsed = resultRecordSchema.safeParse(nulls);
  if (!parsed.success)
    throw new CodedError('INTERNAL', 'A result is not a finite number.', { field: fields });
  const { warnings } = parsed.data;
  return { ...parsed.data, warnings: [...warnings, `These values could not be calculated: ${fields}.`] };
}

const MAX_LISTED = 5;

/** Paths of numbers that are not finite, such as `motion.shiftsA.3.0`. */
function nonFinitePaths(value: unknown, path: string): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    nonFinitePaths(inner, path === '' ? key : `${path}.${key}`),
  );
}

/** @throws CodedError INTERNAL for a number that is not finite: see `finiteRecord` */
export function serializeRecord(record: ResultRecord): string {
  const text = JSON.stringify(record, (key, value) => {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new CodedError('INTERNAL', 'A result is not a finite number.', { field: key });
    return value;
  });
  return `${text}\n`;
}

/**
 * True if both have the same name and size, and the same time or content: files that were copied to other
 * storage or restored have new times. Times are compared to the millisecond.
 */
export const isSameMovie = (a: MovieIdentity, b: MovieIdentity): boolean =>
  a.path === b.path &&
  a.sizeBytes === b.sizeBytes &&
  (Math.abs(a.mtimeMs - b.mtimeMs) < 1 || (a.fingerprint !== undefined && a.fingerprint === b.fingerprint));

/** True if every output in the record is in the folder. Links are not followed. */
export async function hasAllFiles(
  { files }: ResultRecord,
  { root, processed }: OutputFolders,
): Promise<boolean> {
  const check = withFolderBelow(root, processed, async (folder) => {
    for (const name of Object.values(files)) await folder.status(name);
    return true;
  });
  return unlessMissing(check, false, isMissingOrLink);
}
