import type { DatabaseSync } from 'node:sqlite';
import type { MovieCounts, SessionKey } from '../../contract/api.ts';
import type { SessionState } from '../../contract/states.ts';
import type { SqlRow } from './rows.ts';

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
      movieSeen: db.prepare(
        'UPDATE sessions SET last_movie_ms = max(coalesce(last_movie_ms, 0), ?) WHERE id = ?',
      ),
      resultSeen: db.prepare(
        `UPDATE sessions SET last_result_ms = max(coalesce(last_result_ms, 0), ?),
           last_thumbnail = coalesce(?, last_thumbnail) WHERE id = ?`,
      ),
      counts: db.prepare('SELECT state, n FROM counts WHERE session_id = ?'),
      finishedSince: db.prepare(
        `SELECT count(*) AS n, min(finished_ms) AS first FROM movies
          WHERE session_id = ? AND finished_ms > ? AND finished_ms IS NOT NULL`,
      ),
      dueSince: db.prepare(
        `SELECT min(due_since_ms) AS since FROM movies WHERE session_id = ? AND state IN ('waiting', 'queued')`,
      ),
    };
  }

  /** Id of the session, and whether the ledger has just met it. */
  idOf(key: SessionKey): { id: number; isNew: boolean } {
    const row = this.statements.find.get(key.project, key.user, key.session);
    if (row) return { id: row.id as number, isNew: false };
    const added = this.statements.add.run(key.project, key.user, key.session);
    return { id: Number(added.lastInsertRowid), isNew: true };
  }

  get(id: number): LedgerSession {
    const row = this.statements.get.get(id) as SqlRow;
    return {
      state: row.state as SessionState,
      reason: row.reason as string | null,
      cycle: row.cycle as number,
      cycleAssigned: row.cycle_assigned as number,
      cycleFinished: row.cycle_finished as number,
      lastMovieMs: row.last_movie_ms as number | null,
      lastResultMs: row.last_result_ms as number | null,
      lastThumbnail: row.last_thumbnail as string | null,
    };
  }

  setState(id: number, state: SessionState, reason: string | null): void {
    this.statements.state.run(state, reason, id);
  }

  setCycle(id: number, cycle: number, assigned: number, finished: number): void {
    this.statements.cycle.run(cycle, assigned, finished, id);
  }

  movieSeen(id: number, atMs: number): void {
    this.statements.movieSeen.run(Math.round(atMs), id);
  }

  resultSeen(id: number, atMs: number, thumbnailBase: string | null): void {
    this.statements.resultSeen.run(Math.round(atMs), thumbnailBase, id);
  }

  counts(id: number): MovieCounts {
    const counts = { arriving: 0, waiting: 0, queued: 0, done: 0, failed: 0, total: 0 };
    for (const row of this.statements.counts.all(id)) {
      counts[row.state as keyof MovieCounts] = row.n as number;
      counts.total += row.n as number;
    }
    return counts;
  }

  /** Movies finished after `sinceMs`, and when the first of them was. */
  finishedSince(id: number, sinceMs: number): { count: number; firstMs: number | null } {
    const row = this.statements.finishedSince.get(id, Math.round(sinceMs)) as SqlRow;
    return { count: row.n as number, firstMs: row.first as number | null };
  }

  /** Since when the oldest movie that waits or is in work has been whole, or asked for again; null where none is. */
  dueSince(id: number): number | null {
    return (this.statements.dueSince.get(id) as SqlRow).since as number | null;
  }
}
