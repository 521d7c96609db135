import type { DatabaseSync } from 'node:sqlite';
import type { ErrorCode } from '../../contract/errors.ts';
import type { ResultRecord } from '../../contract/record.ts';
import { MOVIE_STATES, type MovieState } from '../../contract/states.ts';
import { gridPositionValues, POSITION_COLUMNS } from './grid-position.ts';
import { errorCodeOf, type LedgerMovie, RECORD_COLUMNS, recordValues, toLedgerMovie } from './rows.ts';
import { numberOf, type SqlRow, textOf, textOrNull, wordOf } from './sql-values.ts';

export interface NewMovie {
  readonly base: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly fingerprint?: string | undefined;
}

/** Number of movies with the same state, result and error code. */
export type MovieTally = Pick<LedgerMovie, 'state' | 'hashes' | 'errorCode'> & { readonly count: number };

const toTallyRow = (row: SqlRow): Omit<MovieTally, 'count'> => ({
  state: wordOf(MOVIE_STATES, row.state),
  hashes: textOrNull(row.hashes),
  errorCode: errorCodeOf(row.error_code),
});

/** The movies of all sessions. */
export class MoviesTable {
  private readonly statements;

  constructor(db: DatabaseSync) {
    this.statements = { ...lookups(db), ...changes(db), ...dueQueries(db) };
  }

  add(sessionId: number, movie: NewMovie, attemptLimit: number): number {
    const { base, path, sizeBytes, mtimeMs, fingerprint = null } = movie;
    const position = gridPositionValues(path, undefined);
    const added = this.statements.add.run(
      sessionId,
      base,
      path,
      sizeBytes,
      mtimeMs,
      fingerprint,
      attemptLimit,
      ...position,
    );
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

  ofBatch(token: string): LedgerMovie[] {
    return this.statements.byToken.all(token).map(toLedgerMovie);
  }

  inState(sessionId: number, state: MovieState): LedgerMovie[] {
    return this.statements.inState.all(sessionId, state).map(toLedgerMovie);
  }

  bases(sessionId: number, state: MovieState): { seq: number; base: string }[] {
    return this.statements.bases
      .all(sessionId, state)
      .map((row) => ({ seq: numberOf(row.seq), base: textOf(row.base) }));
  }

  /** Data that discovery needs about all movies of a session. */
  identities(sessionId: number): { path: string; sizeBytes: number; mtimeMs: number; isSettled: boolean }[] {
    return this.statements.allFiles.all(sessionId).map((row) => ({
      path: textOf(row.path),
      sizeBytes: numberOf(row.size_bytes),
      mtimeMs: numberOf(row.mtime_ms),
      isSettled: row.state !== 'arriving',
    }));
  }

  /** Called when the file of a movie was replaced: the movie is `arriving` again, with new attempts. */
  setArriving(seq: number, sizeBytes: number, mtimeMs: number, attempts: number): void {
    this.statements.changed.run(sizeBytes, mtimeMs, attempts, seq);
  }

  /** @param fingerprint - of the content of its file; null: unknown */
  setFingerprint(seq: number, fingerprint: string | null): void {
    this.statements.fingerprint.run(fingerprint, seq);
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

  /**
   * Sets a movie to waiting again after an attempt that does not count, because the movie did not cause the
   * failure.
   */
  setWaitingUncounted(seq: number, attempt: number, code: ErrorCode, message: string): void {
    this.statements.uncounted.run(attempt, code, message, seq);
  }

  /** Sets finished movies whose result is from another recipe to waiting again. @returns their number */
  requeueOutdated(sessionId: number, hashes: string, attempts: number): number {
    return Number(this.statements.outdated.run(attempts, sessionId, hashes).changes);
  }

  /** Sets a movie to waiting again, with new attempts and without its error. */
  requeue(seq: number, attempts: number): void {
    this.statements.requeue.run(attempts, seq);
  }

  /** @param batch - name of the batch, as in `lastBatch` */
  setQueued(seq: number, token: string, cycle: number, batch: string): void {
    this.statements.queued.run(token, cycle, batch, seq);
  }

  /**
   * Name of the last batch of a movie, relative to `workflow` and without extension; null: none, or unknown.
   */
  lastBatch(sessionId: number, path: string): string | null {
    return textOrNull(this.statements.lastBatch.get(sessionId, path)?.last_batch ?? null);
  }

  /** Paths of the movies that were discovered first. */
  firstPaths(sessionId: number, limit: number): string[] {
    return this.statements.firstPaths.all(sessionId, limit).map((row) => textOf(row.path));
  }

  setLastBatch(sessionId: number, path: string, batch: string): void {
    this.statements.setLastBatch.run(batch, sessionId, path);
  }

  /** Stores a record. */
  finish(seq: number, state: 'done' | 'failed', record: ResultRecord): void {
    const { outcome } = record;
    const code = outcome.status === 'failed' ? outcome.code : null;
    const message = outcome.status === 'failed' ? outcome.message : null;
    const values = [...recordValues(record), ...gridPositionValues(record.movie.path, record.metadata)];
    this.statements.finished.run(state, record.attempt, code, message, ...values, seq);
  }

  /** Stores the failure of a movie without a record. */
  fail(seq: number, attempt: number, code: ErrorCode, message: string, atMs: number): void {
    this.statements.failed.run(attempt, code, message, Math.round(atMs), seq);
  }

  remove(seq: number): void {
    this.statements.remove.run(seq);
  }

  /** Movies that are due: those without a retry time first, in the order of discovery, then by retry time. */
  due(sessionId: number, nowMs: number, limit: number): LedgerMovie[] {
    return this.statements.due.all(sessionId, Math.round(nowMs), limit).map(toLedgerMovie);
  }

  /** Movies that are due, the newest first. */
  dueNewest(sessionId: number, nowMs: number, limit: number): LedgerMovie[] {
    return this.statements.dueNewest.all(sessionId, Math.round(nowMs), limit).map(toLedgerMovie);
  }

  /** Movies that are due and have waited for at least this time, the longest-waiting first. */
  dueLongerThan(sessionId: number, nowMs: number, waitedMs: number, limit: number): LedgerMovie[] {
    const latestStartMs = Math.round(nowMs - waitedMs);
    return this.statements.dueLongerThan
      .all(sessionId, Math.round(nowMs), latestStartMs, limit)
      .map(toLedgerMovie);
  }

  isAnyDue(sessionId: number, nowMs: number): boolean {
    return this.statements.isDue.get(sessionId, Math.round(nowMs)) !== undefined;
  }

  /** Number of movies with the same state, result and error code. */
  tallies(sessionId: number): MovieTally[] {
    return this.statements.tallies
      .all(sessionId)
      .map((row) => ({ ...toTallyRow(row), count: numberOf(row.n) }));
  }

  /** Like `tallies`, but only for these paths, with one entry for each movie. */
  talliesAmong(sessionId: number, paths: ReadonlySet<string>): MovieTally[] {
    const rows = this.statements.statesByPath.all(sessionId).filter((row) => paths.has(textOf(row.path)));
    return rows.map((row) => ({ ...toTallyRow(row), count: 1 }));
  }
}

/** Statements that find movies. */
function lookups(db: DatabaseSync) {
  return {
    byPath: db.prepare('SELECT * FROM movies WHERE session_id = ? AND path = ?'),
    byBase: db.prepare('SELECT * FROM movies WHERE session_id = ? AND base = ?'),
    byToken: db.prepare('SELECT * FROM movies WHERE token = ? ORDER BY seq'),
    inState: db.prepare('SELECT * FROM movies WHERE session_id = ? AND state = ? ORDER BY seq'),
    lastBatch: db.prepare('SELECT last_batch FROM movies WHERE session_id = ? AND path = ?'),
    firstPaths: db.prepare('SELECT path FROM movies WHERE session_id = ? ORDER BY seq LIMIT ?'),
    bases: db.prepare('SELECT seq, base FROM movies WHERE session_id = ? AND state = ?'),
    allFiles: db.prepare('SELECT path, size_bytes, mtime_ms, state FROM movies WHERE session_id = ?'),
    tallies: db.prepare(
      `SELECT state, hashes, error_code, count(*) AS n FROM movies WHERE session_id = ?
        GROUP BY state, hashes, error_code`,
    ),
    statesByPath: db.prepare('SELECT path, state, hashes, error_code FROM movies WHERE session_id = ?'),
  };
}

/** Statements that change movies. */
function changes(db: DatabaseSync) {
  const columns = [...RECORD_COLUMNS, ...POSITION_COLUMNS].map((name) => `${name} = ?`).join(', ');
  return {
    add: db.prepare(
      `INSERT INTO movies (session_id, base, path, size_bytes, mtime_ms, fingerprint, state, attempt_limit,
         ${POSITION_COLUMNS.join(', ')})
       VALUES (?, ?, ?, ?, ?, ?, 'arriving', ?, ${POSITION_COLUMNS.map(() => '?').join(', ')})`,
    ),
    changed: db.prepare(
      `UPDATE movies SET size_bytes = ?, mtime_ms = ?, state = 'arriving', token = NULL, retry_at_ms = 0,
         attempt_limit = attempt + ?, hashes = NULL, finished_ms = NULL, error_code = NULL, error_message = NULL
        WHERE seq = ?`,
    ),
    fingerprint: db.prepare('UPDATE movies SET fingerprint = ? WHERE seq = ?'),
    waiting: db.prepare(
      `UPDATE movies SET state = 'waiting', token = NULL, attempt = ?, retry_at_ms = ?,
         error_code = ?, error_message = ? WHERE seq = ?`,
    ),
    uncounted: db.prepare(
      `UPDATE movies SET state = 'waiting', token = NULL, attempt = ?, attempt_limit = attempt_limit + 1,
         retry_at_ms = 0, error_code = ?, error_message = ? WHERE seq = ?`,
    ),
    outdated: db.prepare(
      `UPDATE movies SET state = 'waiting', token = NULL, retry_at_ms = 0, attempt_limit = attempt + ?,
         finished_ms = NULL, error_code = NULL, error_message = NULL
        WHERE session_id = ? AND state IN ('done', 'failed') AND hashes IS NOT ?`,
    ),
    requeue: db.prepare(
      `UPDATE movies SET state = 'waiting', token = NULL, retry_at_ms = 0, attempt_limit = attempt + ?,
         finished_ms = NULL, error_code = NULL, error_message = NULL WHERE seq = ?`,
    ),
    queued: db.prepare(
      `UPDATE movies SET state = 'queued', token = ?, cycle = ?, last_batch = ?, retry_at_ms = 0 WHERE seq = ?`,
    ),
    finished: db.prepare(
      `UPDATE movies SET state = ?, token = NULL, attempt = ?, error_code = ?, error_message = ?, ${columns}
        WHERE seq = ?`,
    ),
    failed: db.prepare(
      `UPDATE movies SET state = 'failed', token = NULL, attempt = ?, error_code = ?, error_message = ?,
         finished_ms = ? WHERE seq = ?`,
    ),
    setLastBatch: db.prepare('UPDATE movies SET last_batch = ? WHERE session_id = ? AND path = ?'),
    remove: db.prepare('DELETE FROM movies WHERE seq = ?'),
  };
}

/** Statements that find waiting movies that are due. */
function dueQueries(db: DatabaseSync) {
  return {
    due: db.prepare(
      `SELECT * FROM movies WHERE session_id = ? AND state = 'waiting' AND retry_at_ms <= ?
        ORDER BY retry_at_ms, seq LIMIT ?`,
    ),
    dueNewest: db.prepare(
      `SELECT * FROM movies WHERE session_id = ? AND state = 'waiting' AND retry_at_ms <= ?
        ORDER BY seq DESC LIMIT ?`,
    ),
    dueLongerThan: db.prepare(
      `SELECT * FROM movies WHERE session_id = ? AND state = 'waiting' AND retry_at_ms <= ?
          AND waiting_since_ms <= ?
        ORDER BY waiting_since_ms, seq LIMIT ?`,
    ),
    isDue: db.prepare(
      `SELECT 1 FROM movies WHERE session_id = ? AND state = 'waiting' AND retry_at_ms <= ? LIMIT 1`,
    ),
  };
}
