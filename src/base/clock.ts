/**
 * Time as a port. Durations are measured with the monotonic clock only: wall clocks, and those of file
 * servers, jump. The wall clock dates things for people and for the ledger.
 */
export interface Clock {
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** Milliseconds since some fixed moment; never goes back. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** ISO 8601 in UTC, with milliseconds; null of null. */
export const isoOf = (wallMs: number | null): string | null =>
  wallMs === null ? null : new Date(wallMs).toISOString();
