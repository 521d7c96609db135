import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CodedErrorsDatabase,
  inTransaction,
  isDamaged,
} from '../../../src/sessions/ledger/database-errors.ts';
import { openLedger } from '../../../src/sessions/ledger/ledger.ts';
import { LEDGER_FILE } from '../../../src/sessions/ledger/open.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cryoem-ledger-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const BYTES = 'x'.repeat(50_000);

/** A database that cannot grow, as on a full disk. */
function fullDatabase(): CodedErrorsDatabase {
  const db = new CodedErrorsDatabase(join(directory, 'full.sqlite'), directory);
  db.exec('CREATE TABLE t (a TEXT)');
  const pages = Number(db.prepare('PRAGMA page_count').get()?.page_count);
  db.exec(`PRAGMA max_page_count = ${pages}`);
  return db;
}

const expectedError = {
  code: 'STATE_NOT_WRITABLE',
  message: expect.stringMatching(/disk is full.*\bfull\b/),
};

describe('a state directory whose disk is full', () => {
  it('makes a statement, a script and a transaction fail with an error that contains its path', () => {
    const db = fullDatabase();
    const insert = db.prepare('INSERT INTO t VALUES (?)');
    expect(() => insert.run(BYTES)).toThrow(expect.objectContaining(expectedError));
    expect(() => db.exec(`INSERT INTO t VALUES ('${BYTES}')`)).toThrow(
      expect.objectContaining(expectedError),
    );
    expect(() => inTransaction(db, () => insert.run(BYTES))).toThrow(expect.objectContaining(expectedError));
    expect(() => insert.run(BYTES)).toThrow(directory);
    db.close();
  });

  it('keeps nothing of a failed transaction, and the next transaction works', () => {
    const db = fullDatabase();
    const insert = db.prepare('INSERT INTO t VALUES (?)');
    const failing = () =>
      inTransaction(db, () => {
        insert.run('first');
        insert.run(BYTES);
      });
    expect(failing).toThrow(expect.objectContaining(expectedError));
    expect(db.isTransaction).toBe(false);
    inTransaction(db, () => insert.run('second'));
    expect(db.prepare('SELECT a FROM t').all()).toEqual([{ a: 'second' }]);
    db.close();
  });
});

it('a rollback that fails never hides the error of its transaction', () => {
  const db = new DatabaseSync(':memory:');
  const cause = new Error('the cause');
  const failing = () =>
    inTransaction(db, () => {
      db.exec('ROLLBACK'); // as SQLite does automatically after some errors
      throw cause;
    });
  expect(failing).toThrow(cause);
  db.close();
});

describe('a ledger that cannot be opened', () => {
  it('is kept unless it is damaged: a full disk is no reason to begin a new one', () => {
    openLedger(directory).close();
    const db = fullDatabase();
    const error = (() => {
      try {
        db.exec(`INSERT INTO t VALUES ('${BYTES}')`);
      } catch (thrown) {
        return thrown instanceof Error ? thrown.cause : null;
      }
    })();
    db.close();
    expect(isDamaged(error)).toBe(false);
  });

  it('is replaced, with a warning, if it is damaged', () => {
    writeFileSync(join(directory, LEDGER_FILE), 'no database'.repeat(1000));
    const ledger = openLedger(directory);
    expect(ledger.warnings).toHaveLength(1);
    ledger.close();
    expect(readdirSync(directory).some((name) => name.includes('.broken-'))).toBe(true);
  });
});
