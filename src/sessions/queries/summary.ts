import { isoOf } from '../../base/clock.ts';
import type { CompatibilityStatus, SessionSummary } from '../../contract/api.ts';
import type { Context } from '../context.ts';
import {
  compatibilityStatusOf,
  cycleOf,
  RATE_WINDOW_MS,
  ratePerHour,
  secondsLeft,
} from '../live/progress.ts';
import type { Session } from '../session.ts';
import { shortenMiddle } from './shorten-middle.ts';
import { stuckWarnings } from './stuck-folders.ts';

/** A session as shown in lists, from memory and the ledger. */
export function summaryOf({ ledger, clock, settings }: Context, session: Session): SessionSummary {
  const { id, key, lifecycle, raw } = session;
  const row = ledger.sessions.get(id);
  const counts = ledger.sessions.counts(id);
  const nowMs = clock.wallMs();
  const recent = ledger.sessions.finishedWithin(id, nowMs, RATE_WINDOW_MS);
  const rate = ratePerHour(recent.count, recent.firstMs, nowMs);
  const arrived = raw.recentArrivals();
  return {
    ...key,
    state: lifecycle.state,
    reason: lifecycle.reason && shortenMiddle(lifecycle.reason),
    counts,
    skipped: [...raw.skipped],
    cycle: cycleOf(row, counts, settings.batches.cycleSize),
    ratePerHour: rate,
    arrivalsPerHour: ratePerHour(arrived.count, arrived.firstMs, clock.monotonicMs()),
    secondsLeft: secondsLeft(counts, rate),
    behindSince: isoOf(ledger.sessions.dueSince(id)),
    lastMovieAt: isoOf(row.lastMovieMs),
    lastResultAt: isoOf(row.lastResultMs),
    warnings: warningsOf(session).map(shortenMiddle),
    lastThumbnail: row.lastThumbnail,
  };
}

/** Warnings of a session, the most urgent first: lists only show the first. */
function warningsOf(session: Session): string[] {
  const {
    owner,
    raw,
    gainVotes,
    executorWarnings,
    lifecycle,
    timeline,
    reviews,
    unreadableRecords,
    unreadableFiles,
  } = session;
  return [
    ...stuckWarnings(session),
    ...owner.warnings,
    ...(raw.problem !== null ? [`The movies cannot be reached: ${raw.problem}.`] : []),
    // Early in the list, because movies that are processed with a wrong gain orientation must be reprocessed.
    ...gainVotes.warnings,
    ...executorWarnings.all,
    ...lossWarnings(session),
    ...lifecycle.warnings,
    ...reviews.warnings,
    ...timeline.warnings,
    ...unreadableRecords.warnings,
    ...unreadableFiles.warnings,
    ...raw.warnings,
    ...raw.gainWarnings,
  ];
}

const NO_MOVIES = { arriving: 0, waiting: 0, queued: 0, done: 0, failed: 0, total: 0 };

/** Lost work: shown during the delay that follows it, and until its movies have been processed again. */
function lossWarnings({ holdOffs, lostWork, lifecycle }: Session): string[] {
  if (holdOffs.warnings.length > 0) return holdOffs.warnings;
  return lifecycle.isProcessingRequested && lifecycle.state !== 'processing_complete'
    ? lostWork.warnings
    : [];
}

/** The six fields of the compatibility routes. @param session - null: no such session */
export function compatibilityStatusOfSession(
  { ledger, settings }: Context,
  session: Session | null,
): CompatibilityStatus {
  if (session === null)
    return { ...compatibilityStatusOf('unknown', NO_MOVIES, null), state: 'no_such_session' };
  const counts = ledger.sessions.counts(session.id);
  const cycle = cycleOf(ledger.sessions.get(session.id), counts, settings.batches.cycleSize);
  return compatibilityStatusOf(session.lifecycle.state, counts, cycle);
}
