import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { errorCodeOf, messageOf } from '../../base/errors.ts';
import { CodedError } from '../../contract/errors.ts';

/** Primary result codes of SQLite: https://www.sqlite.org/rescode.html */
const SQLITE = { readOnly: 8, inputOutput: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };
/** Extended result codes contain the primary one in their lowest byte. */
const PRIMARY_MASK = 0xff;

const REASONS: ReadonlyMap<number, string> = new Map([
  [SQLITE.full, 'Its disk is full'],
  [SQLITE.inputOutput, 'Its disk reports an error, or is full'],
  [SQLITE.readOnly, 'It is read-only'],
  [SQLITE.cannotOpen, 'Its files cannot be opened'],
]);

/** SQLite's primary result code; null if the error is not one of SQLite. */
function resultCodeOf(error: unknown): number | null {
  if (errorCodeOf(error) !== 'ERR_SQLITE_ERROR') return null;
  const code: unknown = Reflect.get(Object(error), 'errcode');
  return typeof code === 'number' ? code & PRIMARY_MASK : null;
}

/** Whether the file is not a valid ledger. A full disk, or one that cannot be read, does not damage it. */
export function isDamaged(error: unknown): boolean {
  const code = resultCodeOf(error);
  return code === null || code === SQLITE.corrupt || code === SQLITE.notADatabase;
}

/** STATE_NOT_WRITABLE for an SQLite error that an administrator can fix; other errors are unchanged. */
function codedErrorOf(error: unknown, stateDir: string): unknown {
  const reason = REASONS.get(resultCodeOf(error) ?? -1);
  if (reason === undefined) return error;
  const detail = `${reason}: ${messageOf(error)}.`;
  return new CodedError('STATE_NOT_WRITABLE', detail, { file: stateDir }, { cause: error });
}

/** A database that throws the errors of `codedErrorOf`. */
export class CodedErrorsDatabase extends DatabaseSync {
  private readonly stateDir: string;

  constructor(path: string, stateDir: string) {
    super(path);
    this.stateDir = stateDir;
  }

  override exec(sql: string): void {
    this.withCodedErrors(() => super.exec(sql));
  }

  override prepare(sql: string): StatementSync {
    const statement = super.prepare(sql);
    const { run } = statement;
    const value = (...values: unknown[]) => this.withCodedErrors(() => Reflect.apply(run, statement, values));
    return Object.defineProperty(statement, 'run', { value });
  }

  private withCodedErrors<Value>(work: () => Value): Value {
    try {
      return work();
    } catch (error) {
      throw codedErrorOf(error, this.stateDir);
    }
  }
}

/**
 * Runs `work` in a transaction, or as part of the current one. If it fails, nothing of it remains, and its
 * error is thrown.
 */
export function inTransaction<Value>(db: DatabaseSync, work: () => Value): Value {
  if (db.isTransaction) return work();
  db.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    rollBack(db);
    throw error;
  }
}

/** SQLite has already rolled back after some errors, such as a full disk. */
function rollBack(db: DatabaseSync): void {
  try {
    if (db.isTransaction) db.exec('ROLLBACK');
  } catch {
    // The error of the transaction is the cause, and is thrown.
  }
}
