import { isoOf } from '../../base/clock.ts';
import type { MovieRow } from '../../contract/api.ts';
import { currentCode, ERROR_CODES, type ErrorCode } from '../../contract/errors.ts';
import { fromEntries } from '../../contract/from-entries.ts';
import type { ResultRecord } from '../../contract/record.ts';
import { VERDICTS } from '../../contract/review.ts';
import { MOVIE_STATES, type MovieState } from '../../contract/states.ts';
import { metricsOfRecord } from '../../contract/stored-metrics.ts';
import { METRIC_COLUMNS } from './metric-columns.ts';
import {
  numberOf,
  numberOrNull,
  type SqlRow,
  type SqlValue,
  textOf,
  textOrNull,
  wordOf,
  wordOrNull,
} from './sql-values.ts';

/** The error code in a column; a code that was written by a newer version becomes INTERNAL. */
export const errorCodeOf = (value: SqlValue | undefined): ErrorCode | null =>
  value === null ? null : (ERROR_CODES.find((code) => code === currentCode(value)) ?? 'INTERNAL');

/**
 * A movie in the ledger, with the values that discovery and the scheduler need; `MovieRow` has those that the
 * page shows.
 */
export interface LedgerMovie {
  readonly seq: number;
  readonly base: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly fingerprint?: string | undefined;
  readonly state: MovieState;
  readonly attempt: number;
  readonly attemptLimit: number;
  readonly token: string | null;
  readonly hashes: string | null;
  readonly errorCode: ErrorCode | null;
}

export const toLedgerMovie = (row: SqlRow): LedgerMovie => ({
  seq: numberOf(row.seq),
  base: textOf(row.base),
  path: textOf(row.path),
  sizeBytes: numberOf(row.size_bytes),
  mtimeMs: numberOf(row.mtime_ms),
  fingerprint: textOrNull(row.fingerprint) ?? undefined,
  state: wordOf(MOVIE_STATES, row.state),
  attempt: numberOf(row.attempt),
  attemptLimit: numberOf(row.attempt_limit),
  token: textOrNull(row.token),
  hashes: textOrNull(row.hashes),
  errorCode: errorCodeOf(row.error_code),
});

/** @param row - of `movies`, with `verdict` and `comment` of `reviews` */
export const toMovieRow = (row: SqlRow): MovieRow => ({
  seq: numberOf(row.seq),
  base: textOf(row.base),
  path: textOf(row.path),
  state: wordOf(MOVIE_STATES, row.state),
  attempt: numberOf(row.attempt),
  finishedAt: isoOf(numberOrNull(row.finished_ms)),
  ...fromEntries(METRIC_COLUMNS.map(({ field, name }) => [field, numberOrNull(row[name])] as const)),
  hasPictures: row.has_pictures === 1,
  errorCode: errorCodeOf(row.error_code),
  errorMessage: textOrNull(row.error_message),
  retryAt: row.state === 'waiting' && row.retry_at_ms !== 0 ? isoOf(numberOf(row.retry_at_ms)) : null,
  verdict: wordOrNull(VERDICTS, row.verdict),
  comment: textOrNull(row.comment),
});

/** The step hashes of a record as one text, for comparison with those of the current recipe. */
export const hashesText = (hashes: { align: string; ctf: string }): string => `${hashes.align}:${hashes.ctf}`;

/** The columns that a record fills, in the order of `recordValues`. */
export const RECORD_COLUMNS: readonly string[] = [
  'hashes',
  'finished_ms',
  'has_pictures',
  ...METRIC_COLUMNS.map(({ name }) => name),
];

export const recordValues = (record: ResultRecord): (number | string | null)[] => [
  hashesText(record.stepHashes),
  Date.parse(record.finishedAt),
  'thumbnail' in record.files ? 1 : 0,
  ...metricValues(record),
];

/** Values of the metrics, in the order of `METRIC_COLUMNS`. */
export function metricValues(record: ResultRecord): (number | null)[] {
  const values = metricsOfRecord(record);
  return METRIC_COLUMNS.map(({ field }) => values[field]);
}
