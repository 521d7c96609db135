import { ERRORS, type ErrorCode } from '../../contract/errors.ts';
import type { ResultRecord } from '../../contract/record.ts';
import { stepHashes } from '../../pipeline/recipe.ts';
import { isSameMovie } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import { noteGainCheck } from '../gain/memory.ts';
import { hashesText, type LedgerMovie } from '../ledger/rows.ts';
import { redoOthers } from '../reconcile.ts';
import { NO_SETBACK, type Session } from '../session.ts';
import { settingsReason } from '../states/advance.ts';
import { signal } from '../states/signal.ts';
import { awaitDisk } from './disk.ts';
import { delayMs, retryPolicyOf } from './retry.ts';

/**
 * True where a record is the result of this very file with the present recipe. A failure counts only from the
 * attempt that is in flight: the record of an earlier one still lies there until the worker replaces it.
 */
export function counts(session: Session, movie: LedgerMovie, record: ResultRecord): boolean {
  if (!isSameMovie(record.movie, movie)) return false;
  if (record.outcome.status === 'failed' && record.attempt <= movie.attempt) return false;
  if (session.start === null || hashesText(record.stepHashes) === session.hashes) return true;
  // The gain may have been replaced under its name since the start: then the present recipe is the worker's.
  return hashesText(record.stepHashes) === hashesText(stepHashes(session.start.recipe));
}

/** Takes a record that counts into the ledger and tells of it. Called in a transaction or by itself. */
export function settle(context: Context, session: Session, movie: LedgerMovie, record: ResultRecord): void {
  const { ledger } = context;
  const { outcome } = record;
  ledger.transaction(() => {
    if (outcome.status === 'ok') {
      ledger.movies.finish(movie.seq, 'done', record);
      leaveCycle(context, session, movie, true);
    } else if (outcome.code === 'DISK_FULL') {
      ledger.movies.spare(movie.seq, record.attempt, 'DISK_FULL', outcome.message);
      leaveCycle(context, session, movie, false);
    } else if (outcome.retryable && record.attempt < movie.attemptLimit)
      retryLater(context, session, movie, record.attempt, outcome.code, outcome.message);
    else {
      ledger.movies.finish(movie.seq, 'failed', record);
      leaveCycle(context, session, movie, true);
      logFailure(context, session, movie, outcome.code, outcome.message);
    }
    const hasThumbnail = outcome.status === 'ok' && 'thumbnail' in record.files;
    ledger.sessions.resultSeen(session.id, context.clock.wallMs(), hasThumbnail ? movie.base : null);
  });
  session.areTablesOld = true;
  noteGainCheck(context, session, record);
  adoptHashes(context, session, hashesText(record.stepHashes));
  judge(context, session, outcome.status === 'ok' ? null : outcome.code);
  context.announcer.movies(session, [movie.base]);
}

/** A gain that was replaced under its name makes the results before it those of another recipe. */
function adoptHashes(context: Context, session: Session, hashes: string): void {
  if (session.start === null || hashes === session.hashes) return;
  const redone = redoOthers(context, session, hashes);
  context.logger.warn(
    { session: session.key, redone },
    'a reference file changed: earlier movies are done anew',
  );
  if (redone > 0) context.announcer.reset('A reference file changed.');
}

/** An attempt that ended without a record: another one, or the end. */
export function settleLost(
  context: Context,
  session: Session,
  movie: LedgerMovie,
  code: ErrorCode,
  detail: string,
): void {
  const attempt = movie.attempt + 1;
  const message = `${ERRORS[code].text} ${detail}`;
  context.ledger.transaction(() => {
    if (attempt < movie.attemptLimit) retryLater(context, session, movie, attempt, code, message);
    else {
      context.ledger.movies.fail(movie.seq, attempt, code, message, context.clock.wallMs());
      leaveCycle(context, session, movie, true);
      logFailure(context, session, movie, code, message);
    }
  });
  context.announcer.movies(session, [movie.base]);
}

function logFailure(
  { logger }: Context,
  session: Session,
  { path }: LedgerMovie,
  code: ErrorCode,
  message: string,
): void {
  logger.warn({ session: session.key, movie: path, code, reason: message }, 'a movie failed');
}

/** Not begun, or cancelled: it waits as it did before, and no attempt is counted. */
export function release(context: Context, session: Session, movies: readonly LedgerMovie[]): void {
  if (movies.length === 0) return;
  context.ledger.transaction(() => {
    for (const movie of movies) {
      context.ledger.movies.setWaiting(movie.seq, movie.attempt, 0, null, null);
      leaveCycle(context, session, movie, false);
    }
  });
  context.announcer.movies(
    session,
    movies.map((movie) => movie.base),
  );
}

function retryLater(
  context: Context,
  session: Session,
  movie: LedgerMovie,
  attempt: number,
  code: ErrorCode,
  message: string,
): void {
  const policy = retryPolicyOf(context.settings.retry, context.tuning.longestDelayMs);
  const failures = Math.max(1, attempt - (movie.attemptLimit - policy.attempts));
  const at = context.clock.wallMs() + delayMs(policy, failures);
  context.ledger.movies.setWaiting(movie.seq, attempt, at, code, message);
  leaveCycle(context, session, movie, false);
}

/** @param isFinished - false: it will be part of a later batch, perhaps of a later cycle */
function leaveCycle(context: Context, session: Session, movie: LedgerMovie, isFinished: boolean): void {
  const { sessions } = context.ledger;
  const { cycle, cycleAssigned, cycleFinished } = sessions.get(session.id);
  if (movie.cycle !== cycle || movie.state !== 'queued') return;
  if (isFinished) sessions.setCycle(session.id, cycle, cycleAssigned, cycleFinished + 1);
  else sessions.setCycle(session.id, cycle, Math.max(0, cycleAssigned - 1), cycleFinished);
}

/** Draws the conclusions about the session that a result allows. */
function judge(context: Context, session: Session, code: ErrorCode | null): void {
  session.barrenBatches = 0;
  session.setback = NO_SETBACK;
  if (code === null) {
    session.settingsRun = { code: '', count: 0 };
    return;
  }
  if (code === 'DISK_FULL') {
    awaitDisk(context, session, code);
    return;
  }
  if (ERRORS[code].cause !== 'settings') return;
  const run = session.settingsRun;
  session.settingsRun = { code, count: run.code === code ? run.count + 1 : 1 };
  if (session.settingsRun.count >= context.tuning.settingsRun)
    signal(context, session, 'cannot_go_on', settingsReason(code));
}
