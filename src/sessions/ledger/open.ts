import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CodedError } from '../../contract/errors.ts';
import { lockStateDir } from './lock.ts';
import { addMetricColumns } from './metric-columns.ts';
import { MIGRATIONS } from './migrations.ts';

export const LEDGER_FILE = 'ledger.sqlite';

export interface OpenLedger {
  readonly db: DatabaseSync;
  readonly warnings: readonly string[];
  close(): void;
}

/**
 * Opens the ledger for this process alone. A damaged file is set aside and a new one is created: all of its
 * content can be read from the sessions on disk.
 * @throws CodedError CANNOT_START - in use, or written by a newer version
 */
export function openLedgerFile(stateDir: string): OpenLedger {
  mkdirSync(stateDir, { recursive: true });
  const unlock = lockStateDir(stateDir);
  const path = join(stateDir, LEDGER_FILE);
  const warnings: string[] = [];
  try {
    let db: DatabaseSync;
    try {
      db = openSound(path);
    } catch (error) {
      if (error instanceof CodedError) throw error;
      const aside = setAside(path);
      const why = error instanceof Error ? error.message : String(error);
      warnings.push(
        `The ledger could not be read (${why}): it was renamed to ${aside} and is being rebuilt.`,
      );
      db = openSound(path);
    }
    return {
      db,
      warnings,
      close: () => {
        db.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

function openSound(path: string): DatabaseSync {
  const db = new DatabaseSync(path);
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    const verdict = db.prepare('PRAGMA quick_check(1)').get();
    if (verdict?.quick_check !== 'ok') throw new Error(String(verdict?.quick_check));
    migrate(db, path);
    addMetricColumns(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function migrate(db: DatabaseSync, path: string): void {
  const done = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (done > MIGRATIONS.length)
    throw new CodedError('CANNOT_START', 'The ledger was written by a newer version of this program.', {
      file: path,
      expected: `version ${MIGRATIONS.length} or older`,
      found: `version ${done}`,
    });
  for (let step = done; step < MIGRATIONS.length; step++)
    db.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[step]}; PRAGMA user_version = ${step + 1}; COMMIT`);
}

function setAside(path: string): string {
  const stamp = new Date().toISOString().replaceAll(':', '');
  const aside = `${path}.broken-${stamp}`;
  renameSync(path, aside);
  for (const ending of ['-wal', '-shm'])
    if (existsSync(path + ending)) renameSync(path + ending, aside + ending);
  return aside;
}
