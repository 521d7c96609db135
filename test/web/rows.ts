import type { MovieRow } from '../../src/contract/api.ts';
import { COLUMN_FLAGS, type MovieColumns, verdictFlags } from '../../src/contract/columns.ts';
import { COLUMN_KEYS } from '../../src/contract/stored-metrics.ts';
import { NO_METRICS } from '../support/no-metrics.ts';

/** A finished movie; `seq` also determines its defocus, so that a value identifies its movie. */
export function rowOf(seq: number, changes: Partial<MovieRow> = {}): MovieRow {
  return {
    seq,
    base: `movie_${seq}`,
    path: `Data/movie_${seq}_fractions.tiff`,
    state: 'done',
    attempt: 1,
    finishedAt: new Date(1_700_000_000_000 + seq * 1000).toISOString(),
    ...NO_METRICS,
    seconds: 5,
    defocusUA: 10_000 + seq,
    defocusVA: 10_000 - seq,
    astigmatismA: 2 * seq,
    astigmatismAngleDeg: 0,
    fitResolutionA: 4,
    confidence: 0.9,
    motionTotalA: 12,
    motionEarlyA: 8,
    motionLateA: 4,
    meanIntensity: 1,
    hasPictures: true,
    errorCode: null,
    errorMessage: null,
    retryAt: null,
    verdict: null,
    comment: null,
    ...changes,
  };
}

/** Rows in the form of the columns that the service returns. */
export const columnsOf = (rows: readonly MovieRow[], hasMore = false): MovieColumns => ({
  rows: rows.length,
  hasMore,
  bases: rows.map((row) => row.base),
  seq: Uint32Array.from(rows, (row) => row.seq),
  finishedAtMs: Float64Array.from(rows, (row) => Date.parse(row.finishedAt ?? '')),
  values: Object.fromEntries(
    COLUMN_KEYS.map((key) => [key, Float32Array.from(rows, (row) => row[key] ?? Number.NaN)]),
  ) as MovieColumns['values'],
  flags: Uint8Array.from(
    rows,
    (row) => (row.hasPictures ? COLUMN_FLAGS.pictures : 0) | verdictFlags(row.verdict),
  ),
});
