import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../../base/errors.ts';
import { CodedError } from '../../contract/errors.ts';
import { CodedErrorsDatabase, isDamaged } from './database-errors.ts';
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
 * Opens the ledger for this process alone. A damaged file is renamed and a new one is created: its content
 * can be rebuilt from the sessions on disk.
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
      db = openAndCheck(path, stateDir);
    } catch (error) {
      if (error instanceof CodedError || !isDamaged(error)) throw openError(error, path);
      const newPath = renameDamaged(path);
      const reason = messageOf(error);
      warnings.push(
        `The ledger could not be read (${reason}): it was renamed to ${newPath} and is being rebuilt.`,
      );
      db = openAndCheck(path, stateDir);
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

/** A ledger that is not damaged is kept: its disk may be full, or not readable. */
function openError(error: unknown, file: string): CodedError {
  if (error instanceof CodedError && error.code === 'CANNOT_START') return error;
  const detail = `The ledger cannot be opened: ${messageOf(error)}`;
  return new CodedError('CANNOT_START', detail, { file }, { cause: error });
}

function openAndCheck(path: string, stateDir: string): DatabaseSync {
  const db = new CodedErrorsDatabase(path, stateDir);
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    const check = db.prepare('PRAGMA quick_check(1)').get();
    if (check?.quick_check !== 'ok') throw new Error(String(check?.quick_check));
    migrate(db, path);
    addMetricColumns(db);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function migrate(db: DatabaseSync, path: string): void {
  const completedSteps = Number(db.prepare('PRAGMA user_version').get()?.user_version);
  if (completedSteps > MIGRATIONS.length)
    throw new CodedError('CANNOT_START', 'The ledger was written by a newer version of this program.', {
      file: path,
      expected: `version ${MIGRATIONS.length} or older`,
      found: `version ${completedSteps}`,
    });
  for (let step = completedSteps; step < MIGRATIONS.length; step++)
    db.exec(`BEGIN IMMEDIATE; ${MIGRATIONS[step]}; PRAGMA user_version = ${step + 1}; COMMIT`);
}

function renameDamaged(path: string): string {
  const stamp = new Date().toISOString().replaceAll(':', '');
  const newPath = `${path}.broken-${stamp}`;
  renameSync(path, newPath);
  for (const suffix of ['-wal', '-shm'])
    if (existsSync(path + suffix)) renameSync(path + suffix, newPath + suffix);
  return newPath;
}
