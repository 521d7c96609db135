import type { DatabaseSync } from 'node:sqlite';
import type { Handle } from '../../executors/executor.ts';
import { numberOf, textOf } from './sql-values.ts';

export interface LedgerBatch {
  readonly token: string;
  readonly sessionId: number;
  readonly cycle: number;
  readonly path: string;
  /** Name of the executor. */
  readonly executor: string;
  /** null: the service ended between writing the batch and storing the result of its submission. */
  readonly handle: Handle | null;
}

/** Batches in flight. A batch that has ended has no row. */
export class BatchesTable {
  private readonly statements;

  constructor(db: DatabaseSync) {
    this.statements = {
      add: db.prepare(
        'INSERT OR REPLACE INTO batches (token, session_id, cycle, path, executor, handle) VALUES (?, ?, ?, ?, ?, ?)',
      ),
      handle: db.prepare('UPDATE batches SET handle = ? WHERE token = ?'),
      remove: db.prepare('DELETE FROM batches WHERE token = ?'),
      ofSession: db.prepare('SELECT * FROM batches WHERE session_id = ?'),
    };
  }

  add(batch: LedgerBatch): void {
    this.statements.add.run(
      batch.token,
      batch.sessionId,
      batch.cycle,
      batch.path,
      batch.executor,
      batch.handle ? JSON.stringify(batch.handle) : null,
    );
  }

  setHandle(token: string, handle: Handle): void {
    this.statements.handle.run(JSON.stringify(handle), token);
  }

  remove(token: string): void {
    this.statements.remove.run(token);
  }

  ofSession(sessionId: number): LedgerBatch[] {
    return this.statements.ofSession.all(sessionId).map((row) => ({
      token: textOf(row.token),
      sessionId: numberOf(row.session_id),
      cycle: numberOf(row.cycle),
      path: textOf(row.path),
      executor: textOf(row.executor),
      handle: row.handle === null ? null : JSON.parse(textOf(row.handle)),
    }));
  }
}
