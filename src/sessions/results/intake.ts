import { statusBelow } from '../../base/below.ts';
import { isMissingOrLink } from '../../base/missing-file.ts';
import type { ResultRecord } from '../../contract/record.ts';
import { hasAllFiles, readRecord, readRecords, recordPath } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import type { LedgerMovie } from '../ledger/rows.ts';
import type { SessionPaths } from '../names.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import type { Session } from '../session.ts';
import { currentHashesFor, isValidResult, storeResult } from './store-result.ts';

/**
 * Only this many of the next movies of a batch are checked for results, because its worker processes movies
 * in order.
 */
const LOOK_AHEAD = 2;

/** A successful result whose outputs exist, and the current step hashes if they were needed. */
interface CompleteResult {
  readonly movie: LedgerMovie;
  readonly record: ResultRecord;
  readonly currentHashes: string | null;
}

/** Finds the records of movies on the disk, and stores the valid ones as results. */
export class ResultIntake {
  private readonly context: Context;
  private readonly inFlight: BatchesInFlight;
  /** Token -> base -> the file that was read last, so that an old record is not read repeatedly. */
  private readonly lastRead = new Map<string, Map<string, string>>();

  constructor(context: Context, inFlight: BatchesInFlight) {
    this.context = context;
    this.inFlight = inFlight;
  }

  /** Stores results of a batch. @param checksAll - check all of its movies, not only the next ones */
  async storeResultsOf(token: string, checksAll: boolean): Promise<void> {
    const batch = this.inFlight.movieBatch(token);
    if (batch === null) return;
    let missing = 0;
    for (const movie of batch.movies) {
      if (await this.takeResult(token, batch.session, movie)) continue;
      if (++missing >= LOOK_AHEAD && !checksAll) return;
    }
  }

  /** Called when a batch has ended: its results are no longer searched for. */
  forget(token: string): void {
    this.lastRead.delete(token);
  }

  /**
   * Stores successful results that waiting movies already have with the current recipe: from an earlier
   * start, a trial, another service, or a worker that was considered lost.
   * @returns their number
   */
  async storeExisting(session: Session, movies: readonly LedgerMovie[]): Promise<number> {
    const records = await readRecords(
      session.paths,
      movies.map(({ base }) => base),
    );
    const results = await this.completeResults(session, movies, records);
    let count = 0;
    for (const { movie, record, currentHashes } of results) {
      if (!isValidResult(session, movie, record, currentHashes)) continue; // it may have changed meanwhile
      storeResult(this.context, session, movie, record);
      count++;
    }
    return count;
  }

  /** Successful results whose outputs exist. */
  private async completeResults(
    session: Session,
    movies: readonly LedgerMovie[],
    records: readonly (ResultRecord | null)[],
  ): Promise<CompleteResult[]> {
    const searches = movies.map(async (movie, i): Promise<CompleteResult[]> => {
      const record = records[i];
      if (record?.outcome.status !== 'ok') return [];
      const currentHashes = await currentHashesFor(session, record);
      if (!isValidResult(session, movie, record, currentHashes)) return [];
      return (await hasAllFiles(record, session.paths)) ? [{ movie, record, currentHashes }] : [];
    });
    return (await Promise.all(searches)).flat();
  }

  /** Stores the result of a movie if it is valid. @returns whether the movie is no longer checked */
  private async takeResult(token: string, session: Session, movie: LedgerMovie): Promise<boolean> {
    const fileVersion = await recordVersionOf(session.paths, movie.base);
    if (fileVersion === null || this.lastRead.get(token)?.get(movie.base) === fileVersion) return false;
    const record = await readRecord(session.paths, movie.base);
    const currentHashes = await currentHashesFor(session, record);
    // Another call may have stored it, or the movie may have changed, while it was read.
    if (!this.inFlight.movieBatch(token)?.movies.includes(movie)) return true;
    const isCancelled = record?.outcome.status === 'failed' && record.outcome.code === 'CANCELLED';
    if (record === null || isCancelled || !isValidResult(session, movie, record, currentHashes)) {
      this.lastRead.set(token, (this.lastRead.get(token) ?? new Map()).set(movie.base, fileVersion));
      return false;
    }
    // The ledger comes first: if it fails, the movie is still in flight and found by the next call.
    storeResult(this.context, session, movie, record);
    this.inFlight.onResultStored(token, movie.seq);
    return true;
  }
}

/** Changes when the record file of a movie is replaced; null: there is no record. */
async function recordVersionOf({ root, processed }: SessionPaths, base: string): Promise<string | null> {
  const status = await statusBelow(root, recordPath(processed, base), isMissingOrLink);
  return status && `${status.ino}:${status.size}:${status.mtimeMs}`;
}
