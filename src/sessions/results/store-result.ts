import type { ErrorCode } from '../../contract/errors.ts';
import type { ResultRecord } from '../../contract/record.ts';
import { isSameMovie } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import { currentStepHashes } from '../current-hashes.ts';
import { hashesText, type LedgerMovie } from '../ledger/rows.ts';
import { settingsFailureReason } from '../lifecycle/advance.ts';
import { awaitDisk } from '../scheduler/disk.ts';
import type { Session } from '../session.ts';
import { logFailure, retryLater } from './retry.ts';

/**
 * Step hashes with the reference files as they are now, for `isValidResult`; null if it does not need them.
 * @throws FileCallStuck; the file system's error
 */
export async function currentHashesFor(
  { lifecycle: { start, hashes } }: Session,
  record: ResultRecord | null,
): Promise<string | null> {
  if (record === null || start === null || hashesText(record.stepHashes) === hashes) return null;
  return hashesText(await currentStepHashes(start.recipe));
}

/**
 * Whether a record is the result of this file with the current recipe. A failure is only valid if it is from
 * the attempt in flight: the record of an earlier attempt exists until the worker replaces it.
 * @param currentHashes - of `currentHashesFor`
 */
export function isValidResult(
  { lifecycle }: Session,
  movie: LedgerMovie,
  record: ResultRecord,
  currentHashes: string | null,
): boolean {
  if (!isSameMovie(record.movie, movie)) return false;
  if (record.outcome.status === 'failed' && record.attempt <= movie.attempt) return false;
  const { start, hashes } = lifecycle;
  if (start === null || hashesText(record.stepHashes) === hashes) return true;
  // If the gain reference was replaced by a file of the same name since the start, the worker used the new
  // file.
  return hashesText(record.stepHashes) === currentHashes;
}

/** Stores a valid record in the ledger, updates the session, and emits events. */
export function storeResult(
  context: Context,
  session: Session,
  movie: LedgerMovie,
  record: ResultRecord,
): void {
  const { ledger, bus, clock } = context;
  const { outcome } = record;
  ledger.transaction(() => {
    storeOutcome(context, session, movie, record);
    const hasThumbnail = outcome.status === 'ok' && 'thumbnail' in record.files;
    ledger.sessions.setLastResult(session.id, clock.wallMs(), hasThumbnail ? movie.base : null);
  });
  bus.emit('resultStored', session);
  session.unreadableRecords.update(movie.base, true);
  session.gainVotes.add(record);
  session.lostWork.onResultStored(movie.seq);
  adoptHashes(context, session, hashesText(record.stepHashes));
  updateSession(context, session, outcome.status === 'ok' ? null : outcome.code);
  bus.emit('moviesChanged', session, [movie.base]);
}

/** Sets the new state of the movie: done, waiting for a retry, or failed. */
function storeOutcome(context: Context, session: Session, movie: LedgerMovie, record: ResultRecord): void {
  const { movies } = context.ledger;
  const { outcome, attempt } = record;
  if (outcome.status === 'ok') {
    movies.finish(movie.seq, 'done', record);
    return;
  }
  const failure = { attempt, code: outcome.code, message: outcome.message };
  if (outcome.code === 'DISK_FULL')
    movies.setWaitingUncounted(movie.seq, attempt, outcome.code, outcome.message);
  else if (outcome.retryable && attempt < movie.attemptLimit) retryLater(context, movie, failure);
  else {
    movies.finish(movie.seq, 'failed', record);
    logFailure(context, session, movie, failure);
  }
}

/**
 * If a gain reference was replaced by a file of the same name, the hashes of the first result with the new
 * file are required from now on: movies with earlier results are reprocessed.
 */
function adoptHashes({ logger, bus }: Context, { key, lifecycle }: Session, hashes: string): void {
  if (lifecycle.start === null || hashes === lifecycle.hashes) return;
  const requeued = lifecycle.setRequiredHashes(hashes);
  logger.warn({ session: key, requeued }, 'a reference file changed: earlier movies are reprocessed');
  if (requeued > 0) bus.emit('reloadNeeded', 'A reference file changed.');
}

/** Updates the state of the session after a result. @param code - null: a successful result */
function updateSession(context: Context, session: Session, code: ErrorCode | null): void {
  const { failures, holdOffs, lifecycle } = session;
  failures.onResultStored(code);
  holdOffs.onResultStored();
  if (code === 'DISK_FULL') awaitDisk(context, session, code);
  else if (
    code !== null &&
    code === failures.settingsErrorCode &&
    failures.settingsFailureCount >= context.tuning.settingsFailureLimit
  )
    lifecycle.signal('failed', settingsFailureReason(code));
}
