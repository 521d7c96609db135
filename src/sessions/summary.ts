import { type Clock, isoOf } from '../base/clock.ts';
import type { SessionSummary } from '../contract/api.ts';
import { gainWarningsOf } from './gain/votes.ts';
import type { Ledger } from './ledger/ledger.ts';
import { cycleOf, RATE_WINDOW_MS, ratePerHour, secondsLeft } from './live/progress.ts';
import type { Session, Setback } from './session.ts';

/** A session as lists show it, from memory and the ledger. @param cycleSize - movies per cycle */
export function summaryOf(ledger: Ledger, clock: Clock, cycleSize: number, session: Session): SessionSummary {
  const row = ledger.sessions.get(session.id);
  const counts = ledger.sessions.counts(session.id);
  const nowMs = clock.wallMs();
  const recent = ledger.sessions.finishedSince(session.id, nowMs - RATE_WINDOW_MS);
  const rate = ratePerHour(recent.count, recent.firstMs, nowMs);
  const arrived = session.arrivals.recent(clock.monotonicMs());
  const setback = clock.monotonicMs() < session.setback.untilMs ? [setbackText(session.setback)] : [];
  const raw = session.rawFault !== null ? [`The movies cannot be reached: ${session.rawFault}.`] : [];
  return {
    ...session.key,
    state: session.state,
    reason: session.reason,
    counts,
    cycle: cycleOf(row, counts, cycleSize),
    ratePerHour: rate,
    arrivalsPerHour: ratePerHour(arrived.count, arrived.firstMs, clock.monotonicMs()),
    secondsLeft: secondsLeft(counts, rate),
    behindSince: isoOf(ledger.sessions.dueSince(session.id)),
    lastMovieAt: isoOf(row.lastMovieMs),
    lastResultAt: isoOf(row.lastResultMs),
    warnings: [
      ...raw,
      // Early: lists show the first, and every movie that is done so is spoilt.
      ...gainWarningsOf(session.gainVotes),
      ...session.placeWarnings,
      ...setback,
      ...(session.start?.warnings ?? []),
      ...session.lookWarnings,
    ],
    lastThumbnail: row.lastThumbnail,
  };
}

const setbackText = ({ detail }: Setback): string => `${detail} Its movies are tried again by themselves.`;
