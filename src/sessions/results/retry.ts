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

/** The movie waits for another attempt; each failure increases the delay. Called in a transaction. */
export function retryLater(context: Context, movie: LedgerMovie, failure: Failure): void {
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
  if (failure.attempt < movie.attemptLimit) {
    retryLater(context, movie, failure);
    logFailure(context, session, movie, failure, 'a movie is retried');
  } else {
    ledger.movies.fail(movie.seq, failure.attempt, code, failure.message, clock.wallMs());
    logFailure(context, session, movie, failure);
  }
  bus.emit('moviesChanged', session, [movie.base]);
}

/** Movies that were cancelled or not begun wait again; no attempt is counted. */
export function returnToWaiting(context: Context, session: Session, movies: readonly LedgerMovie[]): void {
  if (movies.length === 0) return;
  context.ledger.transaction(() => {
    for (const movie of movies) context.ledger.movies.setWaiting(movie.seq, movie.attempt, 0, null, null);
  });
  const bases = movies.map((movie) => movie.base);
  context.bus.emit('moviesChanged', session, bases);
}

export function logFailure(
  { logger }: Context,
  { key }: Session,
  { path }: LedgerMovie,
  { attempt, code, message }: Failure,
  text = 'a movie failed',
): void {
  logger.warn({ session: key, movie: path, attempt, code, reason: message }, text);
}
