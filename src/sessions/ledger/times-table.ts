import type { DatabaseSync } from 'node:sqlite';
import { numberOrNull } from './sql-values.ts';

/** Number of movies from which the processing time of the next ones is estimated. */
const RECENT_MOVIES = 50;

/** Times of movies on the wall clock, and how long their processing took. */
export class TimesTable {
  private readonly statements;

  constructor(db: DatabaseSync) {
    this.statements = {
      move: db.prepare(
        `UPDATE movies SET retry_at_ms = CASE retry_at_ms WHEN 0 THEN 0 ELSE max(1, retry_at_ms + ?) END,
           waiting_since_ms = waiting_since_ms + ?, due_since_ms = due_since_ms + ?
          WHERE state IN ('waiting', 'queued')`,
      ),
      limit: db.prepare(
        `UPDATE movies SET retry_at_ms = min(retry_at_ms, ?), waiting_since_ms = min(waiting_since_ms, ?),
           due_since_ms = min(due_since_ms, ?)
          WHERE state IN ('waiting', 'queued')`,
      ),
      slowest: db.prepare(
        `SELECT max(seconds / size_bytes) AS slowest FROM (SELECT seconds, size_bytes FROM movies
          WHERE session_id = ? AND state = 'done' AND finished_ms IS NOT NULL AND size_bytes > 0
          ORDER BY finished_ms DESC LIMIT ?)`,
      ),
    };
  }

  /** Called when the wall clock was changed: shifts the times of unfinished movies by the same difference. */
  move(byMs: number): void {
    const by = Math.round(byMs);
    this.statements.move.run(by, by, by);
  }

  /** Limits the retry times of unfinished movies to `maxDelayMs` from now, and their other times to now. */
  limit(nowMs: number, maxDelayMs: number): void {
    const now = Math.round(nowMs);
    this.statements.limit.run(now + maxDelayMs, now, now);
  }

  /** Longest processing time per byte among the last movies that were done, s; null: none is known. */
  slowestSecondsPerByte(sessionId: number): number | null {
    return numberOrNull(this.statements.slowest.get(sessionId, RECENT_MOVIES)?.slowest ?? null);
  }
}
