import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openLedger } from '../../../src/sessions/ledger/ledger.ts';
import { MIGRATIONS } from '../../../src/sessions/ledger/migrations.ts';
import { LEDGER_FILE } from '../../../src/sessions/ledger/open.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cryoem-ledger-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

/** Creates a ledger with only the first `steps` migrations, and with the rows that `sql` inserts. */
function createOlderLedger(steps: number, sql: string): void {
  const db = new DatabaseSync(join(directory, LEDGER_FILE));
  db.exec(MIGRATIONS.slice(0, steps).join(';'));
  db.exec(`PRAGMA user_version = ${steps}`);
  db.exec(sql);
  db.close();
}

it('migrates a ledger of each earlier version to the current one', () => {
  for (let steps = 1; steps < MIGRATIONS.length; steps++) {
    createOlderLedger(
      steps,
      `INSERT INTO sessions (project, user, session, state) VALUES ('p', 'u', 's', 'unknown');
       INSERT INTO movies (session_id, base, path, size_bytes, mtime_ms, state, attempt_limit, error_code, defocus_u_a)
         VALUES (1, 'a', 'a.mrc', 1, 1, 'failed', 3, 'MOVIE_GARBLED', 12000)`,
    );
    const ledger = openLedger(directory);
    expect(ledger.movieRows.row(1, 'a')).toMatchObject({
      path: 'a.mrc',
      state: 'failed',
      defocusUA: 12_000,
      confidence: null,
      errorCode: 'MOVIE_CORRUPT',
    });
    ledger.close();
    rmSync(join(directory, LEDGER_FILE));
  }
});
