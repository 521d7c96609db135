import { BackfillTable } from './backfill-table.ts';
import { BatchesTable } from './batches-table.ts';
import { inTransaction } from './database-errors.ts';
import { GridTable } from './grid-table.ts';
import { MovieRows } from './movie-rows.ts';
import { MoviesTable } from './movies-table.ts';
import { openLedgerFile } from './open.ts';
import { ReviewsTable } from './reviews-table.ts';
import { SessionsTable } from './sessions-table.ts';
import { textOrNull } from './sql-values.ts';
import { TimesTable } from './times-table.ts';

/**
 * The index of the data on disk. It is fast to query, and can be rebuilt if it is lost. Calls are
 * synchronous, in the main thread, on a local disk: a call takes microseconds, and a transaction never
 * contains an await.
 */
export interface Ledger {
  readonly sessions: SessionsTable;
  readonly movies: MoviesTable;
  readonly times: TimesTable;
  readonly movieRows: MovieRows;
  readonly backfills: BackfillTable;
  readonly batches: BatchesTable;
  readonly reviews: ReviewsTable;
  readonly grid: GridTable;
  readonly warnings: readonly string[];
  /** Runs `work` in a transaction. */
  transaction<T>(work: () => T): T;
  getMeta(key: string): string | null;
  setMeta(key: string, value: string): void;
  close(): void;
}

/**
 * Opens the ledger. Its methods throw CodedError STATE_NOT_WRITABLE if the disk is full or not writable.
 * @throws CodedError CANNOT_START
 */
export function openLedger(stateDir: string): Ledger {
  const file = openLedgerFile(stateDir);
  const { db } = file;
  const get = db.prepare('SELECT value FROM meta WHERE key = ?');
  const set = db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)');
  return {
    sessions: new SessionsTable(db),
    movies: new MoviesTable(db),
    times: new TimesTable(db),
    movieRows: new MovieRows(db),
    backfills: new BackfillTable(db),
    batches: new BatchesTable(db),
    reviews: new ReviewsTable(db),
    grid: new GridTable(db),
    warnings: file.warnings,
    transaction: (work) => inTransaction(db, work),
    getMeta: (key) => textOrNull(get.get(key)?.value ?? null),
    setMeta: (key, value) => void set.run(key, value),
    close: () => file.close(),
  };
}
