import type { Recipe } from '../../contract/recipe.ts';
import type { Executor } from '../../executors/executor.ts';
import type { Context } from '../context.ts';
import type { LedgerMovie } from '../ledger/rows.ts';
import type { Session } from '../session.ts';
import type { BatchesInFlight } from './batches-in-flight.ts';
import { type Choice, chooseExecutor } from './choose-executor.ts';

/** A session is live for this time after a movie arrived. */
const LIVE_MS = 600_000;
/**
 * Initial credit of batches with the newest movies: above a half, the first batches of a live session take
 * the newest.
 */
const FIRST_CREDIT = 0.5;

/** The next batch of a session. */
export interface BatchPlan {
  readonly executor: Executor;
  /** Number of its cycle. */
  readonly cycle: number;
  readonly recipe: Recipe;
  readonly movies: readonly LedgerMovie[];
  /** Remaining credit of the newest movies once it is submitted. */
  readonly newestCredit: number;
}

/** A cycle of a session: its number, its remaining room, and its size with all waiting movies. */
interface Cycle {
  readonly number: number;
  readonly room: number;
  readonly holds: number;
}

/** Plans the next batch of a session. It changes nothing: `submitted` reports that a plan was carried out. */
export class BatchPlanner {
  private readonly context: Context;
  private readonly inFlight: BatchesInFlight;
  /** Accumulated credit of batches with the newest movies: at 1 such a batch is due. */
  private readonly newestCredits = new Map<number, number>();

  constructor(context: Context, inFlight: BatchesInFlight) {
    this.context = context;
    this.inFlight = inFlight;
  }

  /**
   * Whether there are movies and room for a batch of the session. Cheap: called for every session in every
   * round.
   */
  hasNext(session: Session): boolean {
    const { ledger, clock } = this.context;
    const { lifecycle, raw, holdOffs, owner } = session;
    return (
      raw.exists &&
      lifecycle.mayWork &&
      !owner.isElsewhere &&
      !holdOffs.isHeld &&
      ledger.movies.isAnyDue(session.id, clock.wallMs()) &&
      chooseExecutor(this.context, this.inFlight, lifecycle.parameters.executor) !== null
    );
  }

  /** null: there is nothing to do, or no room. */
  next(session: Session): BatchPlan | null {
    const { lifecycle } = session;
    if (!lifecycle.mayWork || lifecycle.start === null) return null;
    const choice = chooseExecutor(this.context, this.inFlight, lifecycle.parameters.executor);
    if (choice === null) return null;
    const cycle = this.currentCycle(session);
    const { movies, newestCredit } = this.nextMovies(session, choice, cycle);
    if (movies.length === 0) return null;
    const { recipe } = lifecycle.start;
    return { executor: choice.executor, cycle: cycle.number, recipe, movies, newestCredit };
  }

  submitted(session: Session, { newestCredit }: BatchPlan): void {
    this.newestCredits.set(session.id, newestCredit);
  }

  /** The cycle of the next batch. A full cycle is followed by another. */
  private currentCycle({ id }: Session): Cycle {
    const { ledger, settings } = this.context;
    const { cycleSize } = settings.batches;
    const { cycle, cycleAssigned } = ledger.sessions.get(id);
    const { waiting } = ledger.sessions.counts(id);
    const isOpen = cycle > 0 && cycleAssigned < cycleSize;
    return {
      number: isOpen ? cycle : cycle + 1,
      room: isOpen ? cycleSize - cycleAssigned : cycleSize,
      holds: Math.min(cycleSize, waiting + (isOpen ? cycleAssigned : 0)),
    };
  }

  /**
   * While movies arrive, `liveShare` of the batches take the newest first, so that the user at the
   * microscope sees the present; the others take the oldest, so that the backlog shrinks. On an executor that
   * starts a batch at once, a batch of the newest is one movie, so that later movies do not wait for others.
   * Movies that go to a less preferred executor are those that have waited longest.
   */
  private nextMovies(
    session: Session,
    { executor, isSpill }: Choice,
    cycle: Cycle,
  ): Pick<BatchPlan, 'movies' | 'newestCredit'> {
    const { clock, ledger, settings } = this.context;
    const { liveShare, spillMs } = settings.scheduling;
    const { movies } = ledger;
    const size = Math.min(cycle.room, this.batchSize(executor, cycle.holds));
    const nowMs = clock.wallMs();
    const blocked = this.inFlight.blockedPaths(session);
    const free = (limit: number, find: (limit: number) => readonly LedgerMovie[]) =>
      find(limit + blocked.size)
        .filter((movie) => !blocked.has(movie.path))
        .slice(0, limit);
    const saved = this.newestCredits.get(session.id) ?? FIRST_CREDIT;

    if (isSpill)
      return {
        movies: free(size, (n) => movies.dueLong(session.id, nowMs, spillMs, n)),
        newestCredit: saved,
      };
    const isLive = session.raw.isLive(LIVE_MS);
    const credit = isLive ? saved + liveShare : saved;
    if (!isLive || credit < 1)
      return { movies: free(size, (n) => movies.due(session.id, nowMs, n)), newestCredit: credit };
    const newest = executor.startsAtOnce ? 1 : size;
    return { movies: free(newest, (n) => movies.dueNewest(session.id, nowMs, n)), newestCredit: credit - 1 };
  }

  /**
   * The number of batches in a cycle: `batchesPerGpu` for each GPU of a node, or as many as keep the executor
   * busy until the end, whichever is more.
   * @param movies - number of movies in the cycle and for which it has room
   */
  private batchSize({ batchesPerCycle }: Executor, movies: number): number {
    const { batchesPerGpu, gpusPerNode } = this.context.settings.batches;
    const batches = Math.max(batchesPerGpu * gpusPerNode, batchesPerCycle);
    return Math.max(1, Math.ceil(movies / batches));
  }
}
