import type { DatabaseSync } from 'node:sqlite';
import type { MovieRow } from '../../contract/api.ts';
import { COLUMN_FLAGS, type MovieColumns, verdictFlags } from '../../contract/columns.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import { fromEntries } from '../../contract/from-entries.ts';
import { VERDICTS } from '../../contract/review.ts';
import type { MovieState } from '../../contract/states.ts';
import { COLUMN_KEYS } from '../../contract/stored-metrics.ts';
import { METRIC_COLUMNS } from './metric-columns.ts';
import { errorCodeOf, toMovieRow } from './rows.ts';
import { numberOf, numberOrNull, type SqlValue, textOf, valuesOf, wordOrNull } from './sql-values.ts';

/** Movies joined with their reviews. */
const REVIEWED = `SELECT m.*, r.verdict, r.comment FROM movies m
  LEFT JOIN reviews r ON r.session_id = m.session_id AND r.base = m.base WHERE m.session_id = ?`;

/** The columns of COLUMN_KEYS, in their order. */
const PLOTTED_COLUMNS = COLUMN_KEYS.map((key) => METRIC_COLUMNS.find(({ field }) => field === key)?.name);

/** Queries of movies for the page and for the tables of a session. */
export class MovieRows {
  private readonly statements;

  constructor(db: DatabaseSync) {
    this.statements = {
      row: db.prepare(`${REVIEWED} AND m.base = ?`),
      newest: db.prepare(`${REVIEWED} AND seq < ? ORDER BY seq DESC LIMIT ?`),
      oldest: db.prepare(`${REVIEWED} AND seq > ? ORDER BY seq LIMIT ?`),
      newestIn: db.prepare(`${REVIEWED} AND state = ? AND seq < ? ORDER BY seq DESC LIMIT ?`),
      oldestIn: db.prepare(`${REVIEWED} AND state = ? AND seq > ? ORDER BY seq LIMIT ?`),
      failures: db.prepare(
        `${REVIEWED} AND state = 'failed' AND error_code IS ? AND (coalesce(r.verdict, '') = 'rejected') = ?
          AND seq < ? ORDER BY seq DESC LIMIT ?`,
      ),
      causes: db.prepare(
        `SELECT error_code, coalesce(r.verdict, '') = 'rejected' AS aside, count(*) AS n FROM movies m
           LEFT JOIN reviews r ON r.session_id = m.session_id AND r.base = m.base
          WHERE m.session_id = ? AND state = 'failed' GROUP BY error_code, aside ORDER BY n DESC`,
      ),
      done: db.prepare(
        `SELECT base, finished_ms FROM movies WHERE session_id = ? AND state = 'done' ORDER BY seq`,
      ),
      series: db.prepare(`${REVIEWED} AND seq > ? AND state IN ('done', 'failed') ORDER BY seq LIMIT ?`),
      columns: db.prepare(
        `SELECT seq, m.base, finished_ms, has_pictures, r.verdict, r.comment IS NOT NULL, ${PLOTTED_COLUMNS.join(', ')}
           FROM movies m LEFT JOIN reviews r ON r.session_id = m.session_id AND r.base = m.base
          WHERE m.session_id = ? AND seq > ? AND state = 'done' ORDER BY seq LIMIT ?`,
      ),
    };
    // A large session has many rows: an array per row costs half as much as an object.
    this.statements.columns.setReturnArrays(true);
  }

  row(sessionId: number, base: string): MovieRow | null {
    const row = this.statements.row.get(sessionId, base);
    return row ? toMovieRow(row) : null;
  }

  /** @param cursor - `seq` of the last movie on the previous page; null: the first page */
  page(
    sessionId: number,
    order: 'newest' | 'oldest',
    state: MovieState | null,
    cursor: number | null,
    limit: number,
  ): MovieRow[] {
    const s = this.statements;
    const startSeq = cursor ?? (order === 'newest' ? Number.MAX_SAFE_INTEGER : 0);
    const rows = state
      ? (order === 'newest' ? s.newestIn : s.oldestIn).all(sessionId, state, startSeq, limit)
      : (order === 'newest' ? s.newest : s.oldest).all(sessionId, startSeq, limit);
    return rows.map(toMovieRow);
  }

  /** Movies with a successful result, in the order of discovery, with the time at which each was finished. */
  doneMovies(sessionId: number): { base: string; finishedMs: number }[] {
    return this.statements.done.all(sessionId).map((row) => ({
      base: textOf(row.base),
      finishedMs: numberOf(row.finished_ms),
    }));
  }

  /**
   * Failed movies with one error code, newest first.
   * @param aside - true: only movies that a user has set aside; false: only the other movies
   */
  failures(
    sessionId: number,
    code: ErrorCode | null,
    aside: boolean,
    cursor: number | null,
    limit: number,
  ): MovieRow[] {
    const startSeq = cursor ?? Number.MAX_SAFE_INTEGER;
    const rows = this.statements.failures.all(sessionId, code, aside ? 1 : 0, startSeq, limit);
    return rows.map(toMovieRow);
  }

  /** Number of failed movies by error code, the most frequent first. */
  causes(sessionId: number): { code: ErrorCode | null; aside: boolean; count: number }[] {
    return this.statements.causes.all(sessionId).map((row) => ({
      code: errorCodeOf(row.error_code),
      aside: row.aside === 1,
      count: numberOf(row.n),
    }));
  }

  /** Columns of the movies with a successful result, in the order of discovery. */
  columns(sessionId: number, afterSeq: number, limit: number): MovieColumns {
    const fetched = this.statements.columns.all(sessionId, afterSeq, limit + 1).map(valuesOf);
    const rows = fetched.slice(0, limit);
    const numbers = (column: number) => rows.map((row) => numberOrNull(row[column]) ?? Number.NaN);
    return {
      rows: rows.length,
      hasMore: fetched.length > limit,
      bases: rows.map((row) => textOf(row[1])),
      seq: Uint32Array.from(rows, (row) => numberOf(row[0])),
      finishedAtMs: Float64Array.from(numbers(2)),
      flags: Uint8Array.from(rows, flagsOf),
      values: fromEntries(
        COLUMN_KEYS.map((key, k) => [key, Float32Array.from(numbers(FIRST_VALUE + k))] as const),
      ),
    };
  }

  /** Movies that are done or have failed, in the order of discovery, for plots. */
  series(sessionId: number, afterSeq: number, limit: number): MovieRow[] {
    return this.statements.series.all(sessionId, afterSeq, limit).map(toMovieRow);
  }
}

/** Position of the first metric in a row of `columns`. */
const FIRST_VALUE = 6;

const flagsOf = ([, , , hasPictures, verdict, hasComment]: readonly SqlValue[]): number =>
  (hasPictures === 1 ? COLUMN_FLAGS.pictures : 0) |
  (hasComment === 1 ? COLUMN_FLAGS.comment : 0) |
  verdictFlags(wordOrNull(VERDICTS, verdict));
