/**
 * The clocks of the service; tests replace them. Durations are measured only with the monotonic clock,
 * because wall clocks, including those of file servers, can jump. The wall clock is for dates and for the
 * ledger.
 */
export interface Clock {
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** Milliseconds since an arbitrary fixed time; never decreases. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

/** ISO 8601 in UTC, with milliseconds; null if the input is null. */
export const isoOf = (wallMs: number | null): string | null =>
  wallMs === null ? null : new Date(wallMs).toISOString();
