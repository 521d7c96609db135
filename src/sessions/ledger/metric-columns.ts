import type { DatabaseSync } from 'node:sqlite';
import { type MetricField, STORED_METRICS } from '../../contract/stored-metrics.ts';
import { textOf } from './sql-values.ts';

/** Columns of `movies` for the stored metrics: `defocusUA` is stored in `defocus_u_a`. */
export const METRIC_COLUMNS: readonly MetricColumn[] = STORED_METRICS.map(({ source }) => ({
  field: source.field,
  name: source.field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
  type: source.kind === 'integer' ? 'INTEGER' : 'REAL',
}));

interface MetricColumn {
  readonly field: MetricField;
  readonly name: string;
  readonly type: 'REAL' | 'INTEGER';
}

/**
 * Key in `meta`. The value: names of the metric columns filled by the version that last opened the ledger.
 */
const FILLED_COLUMNS = 'metric columns';

/**
 * Adds the columns of newer metrics; the numbered migrations created those of the first versions. All
 * sessions are queued in `backfills`, so that existing rows get the new values from the records on disk. This
 * also happens if the last version did not fill all columns, because an older version was used in between.
 */
export function addMetricColumns(db: DatabaseSync): void {
  const presentColumns = new Set(
    db
      .prepare("SELECT name FROM pragma_table_info('movies')")
      .all()
      .map((row) => textOf(row.name)),
  );
  const stored = db.prepare('SELECT value FROM meta WHERE key = ?').get(FILLED_COLUMNS);
  const filledColumns = stored ? new Set(textOf(stored.value).split(' ')) : presentColumns;
  const missing = METRIC_COLUMNS.filter(({ name }) => !presentColumns.has(name));
  const hasUnfilled = METRIC_COLUMNS.some(({ name }) => !filledColumns.has(name));
  db.exec('BEGIN IMMEDIATE');
  for (const { name, type } of missing) db.exec(`ALTER TABLE movies ADD COLUMN ${name} ${type}`);
  if (hasUnfilled) db.exec('INSERT OR REPLACE INTO backfills SELECT id, 0 FROM sessions');
  const names = METRIC_COLUMNS.map(({ name }) => name).join(' ');
  db.prepare('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)').run(FILLED_COLUMNS, names);
  db.exec('COMMIT');
}
