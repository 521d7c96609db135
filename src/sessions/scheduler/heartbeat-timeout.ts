import type { Context } from '../context.ts';
import type { SessionRef } from '../session-ref.ts';

/** Speed of the slowest file system or machine that is not considered hung. */
const MIN_BYTES_PER_SECOND = 1_000_000;
/** A worker that takes this many times as long as the slowest of the last movies is considered hung. */
const MAX_SLOWDOWN = 3;
const MAX_TIMEOUT_MS = 24 * 3_600_000;

/**
 * Time after its last heartbeat at which a worker counts as hung: it grows with the largest of its movies,
 * and with the time that the slowest of the session's newest movies took. A worker sends heartbeats several
 * times per movie.
 */
export function heartbeatTimeoutMs(
  { ledger, tuning }: Pick<Context, 'ledger' | 'tuning'>,
  { id }: Pick<SessionRef, 'id'>,
  movies: readonly { readonly sizeBytes: number }[],
): number {
  const bytes = Math.max(0, ...movies.map(({ sizeBytes }) => sizeBytes));
  const slowestSecondsPerByte = ledger.times.slowestSecondsPerByte(id) ?? 0;
  const secondsPerByte = Math.max(1 / MIN_BYTES_PER_SECOND, MAX_SLOWDOWN * slowestSecondsPerByte);
  return Math.min(MAX_TIMEOUT_MS, Math.round(tuning.minHeartbeatTimeoutMs + 1000 * bytes * secondsPerByte));
}
