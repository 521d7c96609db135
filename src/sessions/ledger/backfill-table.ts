import type { DatabaseSync } from 'node:sqlite';
import type { ResultRecord } from '../../contract/record.ts';
import { METRIC_COLUMNS } from './metric-columns.ts';
import { metricValues } from './rows.ts';
import { numberOf, textOf } from './sql-values.ts';

/** A movie whose new metrics are read from its record. */
export interface MovieToFill {
  readonly seq: number;
  readonly base: string;
  readonly path: string;
}

/** Sessions whose rows were written by an earlier version, without newer metrics. */
export class BackfillTable {
  private readonly statements;

  constructor(db: DatabaseSync) {
    const metrics = METRIC_COLUMNS.map(({ name }) => `${name} = ?`).join(', ');
    this.statements = {
      position: db.prepare('SELECT after_seq FROM backfills WHERE session_id = ?'),
      movies: db.prepare(
        `SELECT seq, base, path FROM movies WHERE session_id = ? AND seq > ? AND hashes IS NOT NULL
          ORDER BY seq LIMIT ?`,
      ),
      fill: db.prepare(`UPDATE movies SET ${metrics} WHERE seq = ?`),
      advance: db.prepare('UPDATE backfills SET after_seq = ? WHERE session_id = ?'),
      end: db.prepare('DELETE FROM backfills WHERE session_id = ?'),
    };
  }

  /**
   * The next movies with a record, in the order of discovery; empty if all are filled, or if the session was
   * not queued.
   */
  next(sessionId: number, limit: number): MovieToFill[] {
    const position = this.statements.position.get(sessionId);
    if (!position) return [];
    const rows = this.statements.movies.all(sessionId, numberOf(position.after_seq), limit);
    return rows.map((row) => ({ seq: numberOf(row.seq), base: textOf(row.base), path: textOf(row.path) }));
  }

  /** Stores only the metrics of a record. */
  fill(seq: number, record: ResultRecord): void {
    this.statements.fill.run(...metricValues(record), seq);
  }

  /** Stores that movies up to `seq` are filled: after a restart, filling continues with the next movie. */
  advance(sessionId: number, seq: number): void {
    this.statements.advance.run(seq, sessionId);
  }

  /** Removes a session from the queue. @returns whether it was queued */
  end(sessionId: number): boolean {
    return Number(this.statements.end.run(sessionId).changes) > 0;
  }
}
