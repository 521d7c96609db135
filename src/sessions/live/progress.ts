import type { CompatibilityStatus, MovieCounts } from '../../contract/api.ts';
import type { SessionState } from '../../contract/states.ts';
import type { LedgerSession } from '../ledger/sessions-table.ts';

/** Time window of rates. */
export const RATE_WINDOW_MS = 10 * 60_000;
/** Minimum time window of a rate; with a shorter one, the rate would not be meaningful. */
const MIN_WINDOW_MS = 30_000;
const HOUR_MS = 3_600_000;

/** Movies per hour. @param firstMs - when the first of `count` was finished; null if there is none */
export function ratePerHour(count: number, firstMs: number | null, nowMs: number): number | null {
  if (count === 0 || firstMs === null) return null;
  const span = Math.min(RATE_WINDOW_MS, Math.max(MIN_WINDOW_MS, nowMs - firstMs));
  return (count * HOUR_MS) / span;
}

export function secondsLeft(counts: MovieCounts, rate: number | null): number | null {
  const remaining = counts.waiting + counts.queued;
  if (remaining === 0) return 0;
  return rate ? Math.round((remaining / rate) * 3600) : null;
}

/** Progress of the newest cycle: its movies, including the waiting movies that it can still take. */
export function cycleOf(session: LedgerSession, counts: MovieCounts, size: number) {
  if (session.cycle === 0) return null;
  const total = Math.max(session.cycleAssigned, Math.min(size, session.cycleAssigned + counts.waiting));
  return { number: session.cycle, total, finished: session.cycleFinished };
}

const percent = (part: number, total: number): number =>
  total === 0 ? 0 : Math.round((1000 * part) / total) / 10;

/**
 * The six fields of the compatibility routes. `raw_files`: movies found, in any state. `processed_files`:
 * movies with a successful result. `failed_jobs`: movies that failed in all attempts. `percent_done_total`:
 * `processed_files` as a percentage of `raw_files`, so that a failed movie keeps the value below 100.
 * `percent_current_cycle`: percentage of the newest cycle that is finished, successfully or not. Percentages
 * have one decimal.
 */
export function compatibilityStatusOf(
  state: SessionState,
  counts: MovieCounts,
  cycle: { total: number; finished: number } | null,
): CompatibilityStatus {
  return {
    failed_jobs: counts.failed,
    percent_current_cycle: cycle ? percent(cycle.finished, cycle.total) : 0,
    percent_done_total: percent(counts.done, counts.total),
    processed_files: counts.done,
    raw_files: counts.total,
    state,
  };
}
