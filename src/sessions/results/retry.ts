import { type BackOffPolicy, backOffDelayMs, DOUBLING } from '../../base/back-off.ts';
import { ERRORS, type ErrorCode } from '../../contract/errors.ts';
import type { Context } from '../context.ts';
import type { LedgerMovie } from '../ledger/rows.ts';
import type { Session } from '../session.ts';

/** A failure of a movie. */
export interface Failure {
  /** Number of the attempt that failed. */
  readonly attempt: number;
  readonly code: ErrorCode;
  readonly message: string;
}

/** Returns a movie to waiting for another attempt, after a delay that increases. Called in a transaction. */
export function retryLater(context: Context, session: Session, movie: LedgerMovie, failure: Failure): void {
  const { attempts, firstDelayMs } = context.settings.retry;
  const policy: BackOffPolicy = {
    firstDelayMs,
    factor: DOUBLING,
    maxDelayMs: context.tuning.maxRetryDelayMs,
  };
  // If a user gave the movie new attempts, the delay starts again at its minimum.
  const failures = Math.max(1, failure.attempt - (movie.attemptLimit - attempts));
  const atMs = context.clock.wallMs() + backOffDelayMs(policy, failures);
  context.ledger.movies.setWaiting(movie.seq, failure.attempt, atMs, failure.code, failure.message);
  leaveCycle(context, session, movie, false);
}

/** Handles an attempt that ended without a record: retry, or failure. Called in a transaction. */
export function endAttemptWithoutRecord(
  context: Context,
  session: Session,
  movie: LedgerMovie,
  code: ErrorCode,
  detail: string,
): void {
  const { ledger, clock, bus } = context;
  const failure: Failure = { attempt: movie.attempt + 1, code, message: `${ERRORS[code].text} ${detail}` };
  if (failure.attempt < movie.attemptLimit) retryLater(context, session, movie, failure);
  else {
    ledger.movies.fail(movie.seq, failure.attempt, code, failure.message, clock.wallMs());
    leaveCycle(context, session, movie, true);
    logFailure(context, session, movie, failure);
  }
  bus.emit('moviesChanged', session, [movie.base]);
}

/** Returns movies to waiting that were cancelled or not begun; no attempt is counted. */
export function returnToWaiting(context: Context, session: Session, movies: readonly LedgerMovie[]): void {
  if (movies.length === 0) return;
  context.ledger.transaction(() => {
    for (const movie of movies) {
      context.ledger.movies.setWaiting(movie.seq, movie.attempt, 0, null, null);
      leaveCycle(context, session, movie, false);
    }
  });
  const bases = movies.map((movie) => movie.base);
  context.bus.emit('moviesChanged', session, bases);
}

/** @param isFinished - false: the movie will be part of a later batch, perhaps in a later cycle */
export function leaveCycle(
  context: Context,
  session: Session,
  movie: LedgerMovie,
  isFinished: boolean,
): void {
  const { sessions } = context.ledger;
  const { cycle, cycleAssigned, cycleFinished } = sessions.get(session.id);
  if (movie.cycle !== cycle || movie.state !== 'queued') return;
  if (isFinished) sessions.setCycle(session.id, cycle, cycleAssigned, cycleFinished + 1);
  else sessions.setCycle(session.id, cycle, Math.max(0, cycleAssigned - 1), cycleFinished);
}

export function logFailure(
  { logger }: Context,
  { key }: Session,
  { path }: LedgerMovie,
  failure: Failure,
): void {
  const { code, message } = failure;
  logger.warn({ session: key, movie: path, code, reason: message }, 'a movie failed');
}
