import type { DatabaseSync } from 'node:sqlite';
import type { MovieRow } from '../../contract/api.ts';
import { COLUMN_FLAGS, COLUMN_KEYS, type MovieColumns, verdictFlags } from '../../contract/columns.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import type { ResultRecord } from '../../contract/record.ts';
import type { Verdict } from '../../contract/review.ts';
import type { MovieState } from '../../contract/states.ts';
import { PLACE_COLUMNS, placeValues } from './place.ts';
import {
  type LedgerMovie,
  RECORD_COLUMNS,
  recordValues,
  type SqlRow,
  toLedgerMovie,
  toMovieRow,
} from './rows.ts';

/** Movies with what people decided of them. */
const REVIEWED = `SELECT m.*, r.verdict, r.comment FROM movies m
  LEFT JOIN reviews r ON r.session_id = m.session_id AND r.base = m.base WHERE m.session_id = ?`;

/** Names of COLUMN_KEYS in the table. */
const COLUMN_SQL = COLUMN_KEYS.map((key) =>
  key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
).join(', ');

export interface NewMovie {
  readonly base: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

/** Movies of one state, result and cause, counted together. */
export type MovieTally = Pick<LedgerMovie, 'state' | 'hashes' | 'errorCode'> & { readonly count: number };

const toFate = (row: SqlRow): Omit<MovieTally, 'count'> => ({
  state: row.state as MovieState,
  hashes: row.hashes as string | null,
  errorCode: row.error_code as ErrorCode | null,
});

/** The movies of all sessions. Each call changes what its name says and nothing else. */
export class MoviesTable {
  private readonly statements;

  constructor(db: DatabaseSync) {
    const columns = [...RECORD_COLUMNS, ...PLACE_COLUMNS].map((name) => `${name} = ?`).join(', ');
    this.statements = {
      add: db.prepare(
        `INSERT INTO movies (session_id, base, path, size_bytes, mtime_ms, state, attempt_limit,
           ${PLACE_COLUMNS.join(', ')})
         VALUES (?, ?, ?, ?, ?, 'arriving', ?, ${PLACE_COLUMNS.map(() => '?').join(', ')})`,
      ),
      byPath: db.prepare('SELECT * FROM movies WHERE session_id = ? AND path = ?'),
      byBase: db.prepare('SELECT * FROM movies WHERE session_id = ? AND base = ?'),
      byToken: db.prepare('SELECT * FROM movies WHERE token = ? ORDER BY seq'),
      inState: db.prepare('SELECT * FROM movies WHERE session_id = ? AND state = ? ORDER BY seq'),
      bases: db.prepare('SELECT seq, base FROM movies WHERE session_id = ? AND state = ?'),
      everyone: db.prepare('SELECT path, size_bytes, mtime_ms, state FROM movies WHERE session_id = ?'),
      changed: db.prepare(
        `UPDATE movies SET size_bytes = ?, mtime_ms = ?, state = 'arriving', token = NULL, retry_at_ms = 0,
           attempt_limit = attempt + ?, hashes = NULL, finished_ms = NULL, error_code = NULL, error_message = NULL
          WHERE seq = ?`,
      ),
      waiting: db.prepare(
        `UPDATE movies SET state = 'waiting', token = NULL, attempt = ?, retry_at_ms = ?,
           error_code = ?, error_message = ? WHERE seq = ?`,
      ),
      spared: db.prepare(
        `UPDATE movies SET state = 'waiting', token = NULL, attempt = ?, attempt_limit = attempt_limit + 1,
           retry_at_ms = 0, error_code = ?, error_message = ? WHERE seq = ?`,
      ),
      otherHashes: db.prepare(
        `UPDATE movies SET state = 'waiting', token = NULL, retry_at_ms = 0, attempt_limit = attempt + ?,
           finished_ms = NULL, error_code = NULL, error_message = NULL
          WHERE session_id = ? AND state IN ('done', 'failed') AND hashes IS NOT ?`,
      ),
      again: db.prepare(
        `UPDATE movies SET state = 'waiting', token = NULL, retry_at_ms = 0, attempt_limit = attempt + ?,
           finished_ms = NULL, error_code = NULL, error_message = NULL WHERE seq = ?`,
      ),
      queued: db.prepare(
        `UPDATE movies SET state = 'queued', token = ?, cycle = ?, retry_at_ms = 0 WHERE seq = ?`,
      ),
      finished: db.prepare(
        `UPDATE movies SET state = ?, token = NULL, attempt = ?, error_code = ?, error_message = ?, ${columns}
          WHERE seq = ?`,
      ),
      failed: db.prepare(
        `UPDATE movies SET state = 'failed', token = NULL, attempt = ?, error_code = ?, error_message = ?,
           finished_ms = ? WHERE seq = ?`,
      ),
      remove: db.prepare('DELETE FROM movies WHERE seq = ?'),
      due: db.prepare(
        `SELECT * FROM movies WHERE session_id = ? AND state = 'waiting' AND retry_at_ms <= ?
          ORDER BY retry_at_ms, seq LIMIT ?`,
      ),
      dueNewest: db.prepare(
        `SELECT * FROM movies WHERE session_id = ? AND state = 'waiting' AND retry_at_ms <= ?
          ORDER BY seq DESC LIMIT ?`,
      ),
      dueLong: db.prepare(
        `SELECT * FROM movies WHERE session_id = ? AND state = 'waiting' AND retry_at_ms <= ?
            AND waiting_since_ms <= ?
          ORDER BY waiting_since_ms, seq LIMIT ?`,
      ),
      isDueLong: db.prepare(
        `SELECT 1 FROM movies WHERE session_id = ? AND state = 'waiting' AND waiting_since_ms <= ?
            AND retry_at_ms <= ? LIMIT 1`,
      ),
      isDue: db.prepare(
        `SELECT 1 FROM movies WHERE session_id = ? AND state = 'waiting' AND retry_at_ms <= ? LIMIT 1`,
      ),
      row: db.prepare(`${REVIEWED} AND m.base = ?`),
      newest: db.prepare(`${REVIEWED} AND seq < ? ORDER BY seq DESC LIMIT ?`),
      oldest: db.prepare(`${REVIEWED} AND seq > ? ORDER BY seq LIMIT ?`),
      newestIn: db.prepare(`${REVIEWED} AND state = ? AND seq < ? ORDER BY seq DESC LIMIT ?`),
      oldestIn: db.prepare(`${REVIEWED} AND state = ? AND seq > ? ORDER BY seq LIMIT ?`),
      failures: db.prepare(
        `${REVIEWED} AND state = 'failed' AND error_code IS ? AND (coalesce(r.verdict, '') = 'rejected') = ?
          AND seq < ? ORDER BY seq DESC LIMIT ?`,
      ),
      tallies: db.prepare(
        `SELECT state, hashes, error_code, count(*) AS n FROM movies WHERE session_id = ?
          GROUP BY state, hashes, error_code`,
      ),
      fates: db.prepare('SELECT path, state, hashes, error_code FROM movies WHERE session_id = ?'),
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
        `SELECT seq, m.base, finished_ms, has_pictures, r.verdict, r.comment IS NOT NULL, ${COLUMN_SQL}
           FROM movies m LEFT JOIN reviews r ON r.session_id = m.session_id AND r.base = m.base
          WHERE m.session_id = ? AND seq > ? AND state = 'done' ORDER BY seq LIMIT ?`,
      ),
    };
    // A large session is many rows: a list per row costs half of an object per row.
    this.statements.columns.setReturnArrays(true);
  }

  add(sessionId: number, movie: NewMovie, attemptLimit: number): number {
    const { base, path, sizeBytes, mtimeMs } = movie;
    const place = placeValues(path, undefined);
    const added = this.statements.add.run(sessionId, base, path, sizeBytes, mtimeMs, attemptLimit, ...place);
    return Number(added.lastInsertRowid);
  }

  byPath(sessionId: number, path: string): LedgerMovie | null {
    const row = this.statements.byPath.get(sessionId, path);
    return row ? toLedgerMovie(row) : null;
  }

  byBase(sessionId: number, base: string): LedgerMovie | null {
    const row = this.statements.byBase.get(sessionId, base);
    return row ? toLedgerMovie(row) : null;
  }

  row(sessionId: number, base: string): MovieRow | null {
    const row = this.statements.row.get(sessionId, base);
    return row ? toMovieRow(row) : null;
  }

  ofBatch(token: string): LedgerMovie[] {
    return this.statements.byToken.all(token).map(toLedgerMovie);
  }

  inState(sessionId: number, state: MovieState): LedgerMovie[] {
    return this.statements.inState.all(sessionId, state).map(toLedgerMovie);
  }

  bases(sessionId: number, state: MovieState): { seq: number; base: string }[] {
    return this.statements.bases
      .all(sessionId, state)
      .map((row) => ({ seq: row.seq as number, base: row.base as string }));
  }

  /** What discovery needs of all movies of a session. */
  identities(sessionId: number): { path: string; sizeBytes: number; mtimeMs: number; settled: boolean }[] {
    return this.statements.everyone.all(sessionId).map((row) => ({
      path: row.path as string,
      sizeBytes: row.size_bytes as number,
      mtimeMs: row.mtime_ms as number,
      settled: row.state !== 'arriving',
    }));
  }

  /** The file is another one now: it arrives anew and gets a fresh set of attempts. */
  fileChanged(seq: number, sizeBytes: number, mtimeMs: number, attempts: number): void {
    this.statements.changed.run(sizeBytes, mtimeMs, attempts, seq);
  }

  setWaiting(
    seq: number,
    attempt: number,
    retryAtMs: number,
    code: ErrorCode | null,
    message: string | null,
  ) {
    this.statements.waiting.run(attempt, Math.round(retryAtMs), code, message, seq);
  }

  /** Waits again after an attempt that is not the movie's fault and does not count. */
  spare(seq: number, attempt: number, code: ErrorCode, message: string): void {
    this.statements.spared.run(attempt, code, message, seq);
  }

  /** Finished movies whose result is of another recipe wait again. Returns how many. */
  redoOthers(sessionId: number, hashes: string, attempts: number): number {
    return Number(this.statements.otherHashes.run(attempts, sessionId, hashes).changes);
  }

  /** Waits with a fresh set of attempts and a clean slate. */
  again(seq: number, attempts: number): void {
    this.statements.again.run(attempts, seq);
  }

  setQueued(seq: number, token: string, cycle: number): void {
    this.statements.queued.run(token, cycle, seq);
  }

  /** Takes a record in. */
  finish(seq: number, state: 'done' | 'failed', record: ResultRecord): void {
    const { outcome } = record;
    const code = outcome.status === 'failed' ? outcome.code : null;
    const message = outcome.status === 'failed' ? outcome.message : null;
    const values = [...recordValues(record), ...placeValues(record.movie.path, record.metadata)];
    this.statements.finished.run(state, record.attempt, code, message, ...values, seq);
  }

  /** Failed without a record. */
  fail(seq: number, attempt: number, code: ErrorCode, message: string, atMs: number): void {
    this.statements.failed.run(attempt, code, message, Math.round(atMs), seq);
  }

  remove(seq: number): void {
    this.statements.remove.run(seq);
  }

  /** Movies whose turn it is, fresh ones first, oldest first. */
  due(sessionId: number, nowMs: number, limit: number): LedgerMovie[] {
    return this.statements.due.all(sessionId, Math.round(nowMs), limit).map(toLedgerMovie);
  }

  /** Movies whose turn it is, the newest first. */
  dueNewest(sessionId: number, nowMs: number, limit: number): LedgerMovie[] {
    return this.statements.dueNewest.all(sessionId, Math.round(nowMs), limit).map(toLedgerMovie);
  }

  /** Movies whose turn it is and that have waited so long, those that wait longest first. */
  dueLong(sessionId: number, nowMs: number, waitedMs: number, limit: number): LedgerMovie[] {
    const since = Math.round(nowMs - waitedMs);
    return this.statements.dueLong.all(sessionId, Math.round(nowMs), since, limit).map(toLedgerMovie);
  }

  hasAnyWaited(sessionId: number, nowMs: number, waitedMs: number): boolean {
    const now = Math.round(nowMs);
    return this.statements.isDueLong.get(sessionId, Math.round(nowMs - waitedMs), now) !== undefined;
  }

  isAnyDue(sessionId: number, nowMs: number): boolean {
    return this.statements.isDue.get(sessionId, Math.round(nowMs)) !== undefined;
  }

  page(
    sessionId: number,
    order: 'newest' | 'oldest',
    state: MovieState | null,
    cursor: number | null,
    limit: number,
  ): MovieRow[] {
    const s = this.statements;
    const from = cursor ?? (order === 'newest' ? Number.MAX_SAFE_INTEGER : 0);
    const rows = state
      ? (order === 'newest' ? s.newestIn : s.oldestIn).all(sessionId, state, from, limit)
      : (order === 'newest' ? s.newest : s.oldest).all(sessionId, from, limit);
    return rows.map(toMovieRow);
  }

  /** Movies with a good result, in the order in which they were seen, and when each was finished. */
  done(sessionId: number): { base: string; finishedMs: number }[] {
    return this.statements.done.all(sessionId).map((row) => ({
      base: row.base as string,
      finishedMs: row.finished_ms as number,
    }));
  }

  /** Failed movies of a cause, newest first. @param aside - those that a person set aside, or the others */
  failures(
    sessionId: number,
    code: ErrorCode | null,
    aside: boolean,
    cursor: number | null,
    limit: number,
  ): MovieRow[] {
    const from = cursor ?? Number.MAX_SAFE_INTEGER;
    const rows = this.statements.failures.all(sessionId, code, aside ? 1 : 0, from, limit);
    return rows.map(toMovieRow);
  }

  /** How many movies have the same state, result and cause. */
  tallies(sessionId: number): MovieTally[] {
    return this.statements.tallies.all(sessionId).map((row) => ({ ...toFate(row), count: row.n as number }));
  }

  /** As `tallies`, of these paths only, one by one. */
  talliesAmong(sessionId: number, paths: ReadonlySet<string>): MovieTally[] {
    const rows = this.statements.fates.all(sessionId).filter((row) => paths.has(row.path as string));
    return rows.map((row) => ({ ...toFate(row), count: 1 }));
  }

  /** How many movies failed of each cause, the most frequent first. */
  causes(sessionId: number): { code: ErrorCode | null; aside: boolean; count: number }[] {
    return this.statements.causes.all(sessionId).map((row) => ({
      code: row.error_code as ErrorCode | null,
      aside: row.aside === 1,
      count: row.n as number,
    }));
  }

  /** Good results as columns, in the order of discovery. */
  columns(sessionId: number, afterSeq: number, limit: number): MovieColumns {
    const found = this.statements.columns.all(sessionId, afterSeq, limit + 1) as unknown as unknown[][];
    const rows = Math.min(limit, found.length);
    const values = COLUMN_KEYS.map(() => new Float32Array(rows));
    const columns = {
      ...{ rows, more: found.length > limit, bases: [] as string[] },
      ...{ seq: new Uint32Array(rows), finishedAtMs: new Float64Array(rows), flags: new Uint8Array(rows) },
      values: Object.fromEntries(COLUMN_KEYS.map((key, k) => [key, values[k]!])) as MovieColumns['values'],
    };
    for (let i = 0; i < rows; i++) {
      const [seq, base, finishedMs, hasPictures, verdict, hasComment, ...numbers] = found[i]!;
      columns.seq[i] = seq as number;
      columns.bases.push(base as string);
      columns.finishedAtMs[i] = (finishedMs as number | null) ?? Number.NaN;
      columns.flags[i] =
        (hasPictures === 1 ? COLUMN_FLAGS.pictures : 0) |
        (hasComment === 1 ? COLUMN_FLAGS.comment : 0) |
        verdictFlags(verdict as Verdict | null);
      for (let k = 0; k < values.length; k++) values[k]![i] = (numbers[k] as number | null) ?? Number.NaN;
    }
    return columns;
  }

  series(sessionId: number, afterSeq: number, limit: number): MovieRow[] {
    return this.statements.series.all(sessionId, afterSeq, limit).map(toMovieRow);
  }
}
