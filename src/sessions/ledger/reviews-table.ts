import type { DatabaseSync } from 'node:sqlite';
import type { ReviewLine } from '../../contract/review.ts';
import { textOf } from './sql-values.ts';

/** Decisions on movies, by base: as on disk, a decision is kept even if the row of its movie is removed. */
export class ReviewsTable {
  private readonly statements;

  constructor(db: DatabaseSync) {
    this.statements = {
      clear: db.prepare('DELETE FROM reviews WHERE session_id = ?'),
      verdict: db.prepare(
        `INSERT INTO reviews (session_id, base, verdict) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET verdict = excluded.verdict`,
      ),
      comment: db.prepare(
        `INSERT INTO reviews (session_id, base, comment) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET comment = excluded.comment`,
      ),
      rejected: db.prepare(`SELECT base FROM reviews WHERE session_id = ? AND verdict = 'rejected'`),
    };
  }

  clear(sessionId: number): void {
    this.statements.clear.run(sessionId);
  }

  apply(sessionId: number, { bases, verdict, comment }: ReviewLine): void {
    for (const base of bases) {
      if (verdict !== undefined) this.statements.verdict.run(sessionId, base, verdict);
      if (comment !== undefined) this.statements.comment.run(sessionId, base, comment || null);
    }
  }

  rejected(sessionId: number): Set<string> {
    return new Set(this.statements.rejected.all(sessionId).map((row) => textOf(row.base)));
  }
}
