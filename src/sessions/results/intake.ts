import { stat } from 'node:fs/promises';
import { unlessMissing } from '../../base/missing-file.ts';
import { hasAllFiles, readRecord, recordPath } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import type { LedgerMovie } from '../ledger/rows.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import type { Session } from '../session.ts';
import { isValidResult, settle } from './settle.ts';

/**
 * After this number of movies without a result, the rest of a batch is not checked, because its worker
 * processes movies in order.
 */
const LOOK_AHEAD = 2;

/** Finds the records of movies on the disk, and stores valid results. */
export class ResultIntake {
  private readonly context: Context;
  private readonly inFlight: BatchesInFlight;
  /**
   * Token -> base -> fingerprint of the last file that was read, so that an old record is not read
   * repeatedly.
   */
  private readonly read = new Map<string, Map<string, string>>();

  constructor(context: Context, inFlight: BatchesInFlight) {
    this.context = context;
    this.inFlight = inFlight;
  }

  /** Stores results of a batch. @param all - check all of its movies, not only the next ones */
  async storeResultsOf(token: string, all: boolean): Promise<void> {
    const batch = this.inFlight.movieBatch(token);
    if (batch === null) return;
    let missing = 0;
    for (const movie of batch.movies) {
      if (await this.storeResult(token, batch.session, movie)) continue;
      if (++missing >= LOOK_AHEAD && !all) return;
    }
  }

  /** Called when a batch has ended and is no longer checked for results. */
  forget(token: string): void {
    this.read.delete(token);
  }

  /**
   * Stores good results that waiting movies already have: from an earlier start with the same recipe, from a
   * trial, or from a worker that was considered lost.
   * @returns the number of results
   */
  async storeExisting(session: Session, movies: readonly LedgerMovie[]): Promise<number> {
    const { processed } = session.paths;
    const records = await Promise.all(movies.map((movie) => readRecord(processed, movie.base)));
    let stored = 0;
    for (const [i, movie] of movies.entries()) {
      const record = records[i];
      if (record?.outcome.status !== 'ok') continue;
      if (!isValidResult(session, movie, record) || !hasAllFiles(record, processed)) continue;
      settle(this.context, session, movie, record);
      stored++;
    }
    return stored;
  }

  private async storeResult(token: string, session: Session, movie: LedgerMovie): Promise<boolean> {
    const { processed } = session.paths;
    const fingerprint = await fingerprintOf(recordPath(processed, movie.base));
    if (fingerprint === null || this.read.get(token)?.get(movie.base) === fingerprint) return false;
    const record = await readRecord(processed, movie.base);
    // While the record was read, another call may have stored it, or the movie may have changed.
    if (!this.inFlight.movieBatch(token)?.movies.includes(movie)) return true;
    const isCancelled = record?.outcome.status === 'failed' && record.outcome.code === 'CANCELLED';
    if (record === null || isCancelled || !isValidResult(session, movie, record)) {
      this.read.set(token, (this.read.get(token) ?? new Map()).set(movie.base, fingerprint));
      return false;
    }
    // The ledger is updated first: if this fails, the movie is still in flight, and the next call finds it.
    settle(this.context, session, movie, record);
    this.inFlight.resultStored(token, movie.seq);
    return true;
  }
}

async function fingerprintOf(path: string): Promise<string | null> {
  const status = await unlessMissing(stat(path), null);
  return status && `${status.ino}:${status.size}:${status.mtimeMs}`;
}
