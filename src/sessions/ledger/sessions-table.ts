import type { DatabaseSync } from 'node:sqlite';
import type { MovieCounts, SessionKey } from '../../contract/api.ts';
import { MOVIE_STATES, SESSION_STATES, type SessionState } from '../../contract/states.ts';
import { numberOf, numberOrNull, type SqlRow, textOrNull, wordOf } from './sql-values.ts';

export interface LedgerSession {
  readonly state: SessionState;
  readonly reason: string | null;
  readonly cycle: number;
  readonly cycleAssigned: number;
  readonly cycleFinished: number;
  readonly lastMovieMs: number | null;
  readonly lastResultMs: number | null;
  readonly lastThumbnail: string | null;
}

/** Clocks of the nodes of a cluster may differ from that of the service by this much. */
const MAX_SKEW_MS = 60_000;

/** Sessions and their counts. */
export class SessionsTable {
  private readonly statements;

  constructor(db: DatabaseSync) {
    this.statements = {
      find: db.prepare('SELECT id FROM sessions WHERE project = ? AND user = ? AND session = ?'),
      add: db.prepare(`INSERT INTO sessions (project, user, session, state) VALUES (?, ?, ?, 'unknown')`),
      get: db.prepare('SELECT * FROM sessions WHERE id = ?'),
      state: db.prepare('UPDATE sessions SET state = ?, reason = ? WHERE id = ?'),
      cycle: db.prepare('UPDATE sessions SET cycle = ?, cycle_assigned = ?, cycle_finished = ? WHERE id = ?'),
      lastMovie: db.prepare(
        'UPDATE sessions SET last_movie_ms = max(coalesce(last_movie_ms, 0), ?) WHERE id = ?',
      ),
      lastResult: db.prepare(
        `UPDATE sessions SET last_result_ms = max(coalesce(last_result_ms, 0), ?),
           last_thumbnail = coalesce(?, last_thumbnail) WHERE id = ?`,
      ),
      counts: db.prepare('SELECT state, n FROM counts WHERE session_id = ?'),
      finishedWithin: db.prepare(
        `SELECT count(*) AS n, min(finished_ms) AS first FROM movies
          WHERE session_id = ? AND finished_ms > ? AND finished_ms <= ?`,
      ),
      dueSince: db.prepare(
        `SELECT min(due_since_ms) AS since FROM movies WHERE session_id = ? AND state IN ('waiting', 'queued')`,
      ),
    };
  }

  /** Id of the session, and whether it is new in the ledger. */
  idOf(key: SessionKey): { id: number; isNew: boolean } {
    const row = this.statements.find.get(key.project, key.user, key.session);
    if (row) return { id: numberOf(row.id), isNew: false };
    const added = this.statements.add.run(key.project, key.user, key.session);
    return { id: Number(added.lastInsertRowid), isNew: true };
  }

  get(id: number): LedgerSession {
    const row = rowFound(this.statements.get.get(id));
    return {
      state: wordOf(SESSION_STATES, row.state),
      reason: textOrNull(row.reason),
      cycle: numberOf(row.cycle),
      cycleAssigned: numberOf(row.cycle_assigned),
      cycleFinished: numberOf(row.cycle_finished),
      lastMovieMs: numberOrNull(row.last_movie_ms),
      lastResultMs: numberOrNull(row.last_result_ms),
      lastThumbnail: textOrNull(row.last_thumbnail),
    };
  }

  setState(id: number, state: SessionState, reason: string | null): void {
    this.statements.state.run(state, reason, id);
  }

  setCycle(id: number, cycle: number, assigned: number, finished: number): void {
    this.statements.cycle.run(cycle, assigned, finished, id);
  }

  /** Stores the time at which a movie was last new or changed; an earlier time has no effect. */
  setLastMovie(id: number, atMs: number): void {
    this.statements.lastMovie.run(Math.round(atMs), id);
  }

  /**
   * Stores the time of the last result; an earlier time has no effect.
   * @param thumbnailBase - movie whose thumbnail represents the session; null: unchanged
   */
  setLastResult(id: number, atMs: number, thumbnailBase: string | null): void {
    this.statements.lastResult.run(Math.round(atMs), thumbnailBase, id);
  }

  counts(id: number): MovieCounts {
    const counts = { arriving: 0, waiting: 0, queued: 0, done: 0, failed: 0, total: 0 };
    for (const row of this.statements.counts.all(id)) {
      const n = numberOf(row.n);
      counts[wordOf(MOVIE_STATES, row.state)] = n;
      counts.total += n;
    }
    return counts;
  }

  /**
   * Number of movies finished in a time window, and when the first of them was finished. Movies with a time
   * in the future, from before the wall clock was set back, are not counted.
   */
  finishedWithin(id: number, nowMs: number, windowMs: number): { count: number; firstMs: number | null } {
    const sinceMs = Math.round(nowMs - windowMs);
    const row = rowFound(this.statements.finishedWithin.get(id, sinceMs, Math.round(nowMs + MAX_SKEW_MS)));
    return { count: numberOf(row.n), firstMs: numberOrNull(row.first) };
  }

  /**
   * When the oldest movie that is waiting or being processed became complete, or a user last requested its
   * retry or reprocessing; null if there is none.
   */
  dueSince(id: number): number | null {
    return numberOrNull(rowFound(this.statements.dueSince.get(id)).since);
  }
}

/** The row of a session that exists, or of an aggregate, which always has a row. */
function rowFound(row: SqlRow | undefined): SqlRow {
  if (row === undefined) throw new TypeError('ledger: expected a row, found none');
  return row;
}
