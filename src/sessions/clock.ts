/**
 * Time as this layer sees it. Durations are measured with the monotonic clock only: file servers and
 * wall clocks jump. The wall clock dates things for people and for the ledger.
 */
export interface Clock {
  wallMs(): number;
  monotonicMs(): number;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
};

export const isoOf = (wallMs: number | null): string | null =>
  wallMs === null ? null : new Date(wallMs).toISOString();
