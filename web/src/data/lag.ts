import type { SessionSummary } from '../../../src/contract/api.ts';

/** A lag that is shorter than this is no more than the normal processing time of a movie. */
const MIN_NOTABLE_LAG_S = 120;
/** Rates over ten minutes fluctuate by up to this factor. */
const RATE_FLUCTUATION = 1.15;

type Rates = Pick<SessionSummary, 'behindSince' | 'arrivalsPerHour' | 'ratePerHour'>;

/** Processing lag, seconds: age of the oldest complete movie that is not done; 0 if there is none. */
export const lagSeconds = ({ behindSince }: Rates, nowMs: number): number =>
  behindSince === null ? 0 : Math.max(0, (nowMs - Date.parse(behindSince)) / 1000);

/** Whether the lag exceeds the normal processing time. */
export const isBehind = (session: Rates, nowMs: number): boolean =>
  lagSeconds(session, nowMs) >= MIN_NOTABLE_LAG_S;

/**
 * Both rates if the microscope writes faster than movies are processed, so that the lag grows; otherwise
 * null.
 */
export function ratesIfFallingBehind(
  session: Rates,
  nowMs: number,
): { arrivalsPerHour: number; ratePerHour: number } | null {
  const { arrivalsPerHour, ratePerHour } = session;
  if (arrivalsPerHour === null || ratePerHour === null || !isBehind(session, nowMs)) return null;
  return arrivalsPerHour > ratePerHour * RATE_FLUCTUATION ? { arrivalsPerHour, ratePerHour } : null;
}
