import type { ErrorCode } from '../../contract/errors.ts';
import type { ResultRecord } from '../../contract/record.ts';
import { stepHashes } from '../../pipeline/recipe.ts';
import { isSameMovie } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import { hashesText, type LedgerMovie } from '../ledger/rows.ts';
import { settingsReason } from '../lifecycle/advance.ts';
import { awaitDisk } from '../scheduler/disk.ts';
import type { Session } from '../session.ts';
import { leaveCycle, logFailure, retryLater } from './retry.ts';

/**
 * True if a record is the result of this file with the present recipe. A failure counts only from the attempt
 * in flight: the record of an earlier one exists until the worker replaces it.
 */
export function counts({ lifecycle }: Session, movie: LedgerMovie, record: ResultRecord): boolean {
  if (!isSameMovie(record.movie, movie)) return false;
  if (record.outcome.status === 'failed' && record.attempt <= movie.attempt) return false;
  const { start, hashes } = lifecycle;
  if (start === null || hashesText(record.stepHashes) === hashes) return true;
  // The gain may have been replaced under its name since the start: then the worker used the present recipe.
  return hashesText(record.stepHashes) === hashesText(stepHashes(start.recipe));
}

/** Stores a valid record in the ledger, updates the session, and emits events. */
export function settle(context: Context, session: Session, movie: LedgerMovie, record: ResultRecord): void {
  const { ledger, bus, clock } = context;
  const { outcome } = record;
  ledger.transaction(() => {
    takeOutcome(context, session, movie, record);
    const hasThumbnail = outcome.status === 'ok' && 'thumbnail' in record.files;
    ledger.sessions.resultSeen(session.id, clock.wallMs(), hasThumbnail ? movie.base : null);
  });
  bus.emit('resultTaken', session);
  session.unreadable.note(movie.base, true);
  session.gain.take(record);
  adoptHashes(context, session, hashesText(record.stepHashes));
  judge(context, session, outcome.status === 'ok' ? null : outcome.code);
  bus.emit('moviesChanged', session, [movie.base]);
}

/** The new state of the movie: done, waiting for a retry, or failed. */
function takeOutcome(context: Context, session: Session, movie: LedgerMovie, record: ResultRecord): void {
  const { movies } = context.ledger;
  const { outcome, attempt } = record;
  if (outcome.status === 'ok') {
    movies.finish(movie.seq, 'done', record);
    leaveCycle(context, session, movie, true);
    return;
  }
  const failure = { attempt, code: outcome.code, message: outcome.message };
  if (outcome.code === 'DISK_FULL') {
    movies.spare(movie.seq, attempt, outcome.code, outcome.message);
    leaveCycle(context, session, movie, false);
  } else if (outcome.retryable && attempt < movie.attemptLimit) retryLater(context, session, movie, failure);
  else {
    movies.finish(movie.seq, 'failed', record);
    leaveCycle(context, session, movie, true);
    logFailure(context, session, movie, failure);
  }
}

/** After a gain was replaced under its name, earlier results are those of another recipe. */
function adoptHashes({ logger, bus }: Context, { key, lifecycle }: Session, hashes: string): void {
  if (lifecycle.start === null || hashes === lifecycle.hashes) return;
  const redone = lifecycle.requireHashes(hashes);
  logger.warn({ session: key, redone }, 'a reference file changed: earlier movies are reprocessed');
  if (redone > 0) bus.emit('reloadNeeded', 'A reference file changed.');
}

/** Updates the state of the session after a result. @param code - null: a good result */
function judge(context: Context, session: Session, code: ErrorCode | null): void {
  const { failures, holdOffs, lifecycle } = session;
  failures.resultTaken(code);
  holdOffs.resultTaken();
  if (code === 'DISK_FULL') awaitDisk(context, session, code);
  else if (
    code !== null &&
    code === failures.settingsCode &&
    failures.settingsCount >= context.tuning.settingsFailureLimit
  )
    lifecycle.signal('failed', settingsReason(code));
}
