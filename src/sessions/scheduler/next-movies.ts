import type { Context } from '../context.ts';
import type { LedgerMovie } from '../ledger/rows.ts';
import type { Session } from '../session.ts';
import type { Choice } from './choose.ts';
import { batchSize } from './plan.ts';

/** A session is live so long after a movie arrived. */
const LIVE_MS = 600_000;

/** A cycle of a session: its number, what it may still take, and what it will hold with all that waits. */
export interface Cycle {
  readonly number: number;
  readonly room: number;
  readonly holds: number;
}

/** The cycle that the next batch joins. A cycle that is full is followed by another. */
export function currentCycle(context: Context, session: Session): Cycle {
  const whole = context.settings.batches.cycleSize;
  const { cycle, cycleAssigned } = context.ledger.sessions.get(session.id);
  const { waiting } = context.ledger.sessions.counts(session.id);
  const isOpen = cycle > 0 && cycleAssigned < whole;
  return {
    number: isOpen ? cycle : cycle + 1,
    room: isOpen ? whole - cycleAssigned : whole,
    holds: Math.min(whole, waiting + (isOpen ? cycleAssigned : 0)),
  };
}

/**
 * The movies of the next batch. While movies arrive, `liveShare` of the batches take the newest first, so that the
 * person at the microscope sees the present; the others take the oldest, so that the backlog shrinks. On an executor
 * that starts a batch at once, a batch of the newest is one movie: whatever arrives meanwhile does not wait for others.
 * What spills over to a further executor is what has waited longest.
 */
export function nextMovies(context: Context, session: Session, choice: Choice, cycle: Cycle): LedgerMovie[] {
  const { ledger, clock, settings } = context;
  const { movies } = ledger;
  const { liveShare, spillMs } = settings.scheduling;
  const size = Math.min(cycle.room, batchSize(settings.batches, choice.executor, cycle.holds));
  const nowMs = clock.wallMs();
  const free = (found: readonly LedgerMovie[], most: number) =>
    found.filter((movie) => !session.abandoned.has(movie.path)).slice(0, most);
  const spare = session.abandoned.size;

  if (choice.isSpill) return free(movies.dueLong(session.id, nowMs, spillMs, size + spare), size);
  const isLive = clock.monotonicMs() - session.lastArrivalMs < LIVE_MS;
  if (isLive) session.liveCredit += liveShare;
  if (!isLive || session.liveCredit < 1) return free(movies.due(session.id, nowMs, size + spare), size);
  session.liveCredit -= 1;
  const most = choice.executor.startsAtOnce ? 1 : size;
  return free(movies.dueNewest(session.id, nowMs, most + spare), most);
}
