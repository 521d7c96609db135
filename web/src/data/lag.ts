import type { SessionSummary } from '../../../src/contract/api.ts';

/** Less than this is the time that any movie takes: nobody is behind. */
const WORTH_TELLING_S = 120;
/** Rates over ten minutes waver by as much. */
const CLEARLY_FASTER = 1.15;

type Figures = Pick<SessionSummary, 'behindSince' | 'arrivalsPerHour' | 'ratePerHour'>;

/** How far the results lie behind the microscope, seconds: how long the oldest movie to do has been whole; 0: up to date. */
export const lagSeconds = ({ behindSince }: Figures, nowMs: number): number =>
  behindSince === null ? 0 : Math.max(0, (nowMs - Date.parse(behindSince)) / 1000);

/** Whether the lag is more than movies in the making. */
export const isBehind = (session: Figures, nowMs: number): boolean =>
  lagSeconds(session, nowMs) >= WORTH_TELLING_S;

/** The two rates where the microscope writes faster than the service is done with it, so that the lag grows; else null. */
export function outrun(session: Figures, nowMs: number): { arriving: number; done: number } | null {
  const { arrivalsPerHour: arriving, ratePerHour: done } = session;
  if (arriving === null || done === null || !isBehind(session, nowMs)) return null;
  return arriving > done * CLEARLY_FASTER ? { arriving, done } : null;
}
