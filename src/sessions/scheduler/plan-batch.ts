import type { Recipe } from '../../contract/recipe.ts';
import type { Executor } from '../../executors/executor.ts';
import type { Context } from '../context.ts';
import type { LedgerMovie } from '../ledger/rows.ts';
import type { Session } from '../session.ts';
import type { BatchesInFlight } from './batches-in-flight.ts';
import { type Choice, chooseExecutor } from './choose-executor.ts';
import { SpilledJobs } from './spilled-jobs.ts';

/** A session is live for this long after the last movie arrived. */
const LIVE_MS = 600_000;
/**
 * Initial credit for batches with the newest movies: with a `liveShare` of at least a half, the first batch
 * of a live session takes the newest movies.
 */
const FIRST_CREDIT = 0.5;

/** The next batch of a session. */
export interface BatchPlan {
  readonly executor: Executor;
  /** Number of the cycle. */
  readonly cycle: number;
  readonly recipe: Recipe;
  readonly movies: readonly LedgerMovie[];
  /** See `Choice`. */
  readonly isSpill: boolean;
  /** Remaining credit for the newest movies, once this batch is submitted. */
  readonly newestCredit: number;
}

/**
 * A cycle of a session: its number, how many more movies it can have, and its size with all waiting movies.
 */
interface Cycle {
  readonly number: number;
  readonly room: number;
  readonly plannedSize: number;
}

/** Plans the next batch of a session. The caller must call `onSubmitted` when a plan is carried out. */
export class BatchPlanner {
  private readonly context: Context;
  private readonly inFlight: BatchesInFlight;
  /** Accumulated credit for batches with the newest movies: at 1, such a batch is due. */
  private readonly newestCredits = new Map<number, number>();
  private readonly spills: SpilledJobs;

  constructor(context: Context, inFlight: BatchesInFlight) {
    this.context = context;
    this.inFlight = inFlight;
    this.spills = new SpilledJobs(context.clock);
  }

  /**
   * Whether there are movies and room for a batch of the session. Called for every session in every round, so
   * it must be fast.
   */
  hasNext(session: Session): boolean {
    const { ledger, clock } = this.context;
    const { lifecycle, raw, holdOffs, owner } = session;
    return (
      raw.exists &&
      lifecycle.maySubmit &&
      !owner.isElsewhere &&
      !holdOffs.isHeld &&
      ledger.movies.isAnyDue(session.id, clock.wallMs()) &&
      chooseExecutor(this.context, this.inFlight, lifecycle.parameters.executor) !== null
    );
  }

  /** The next batch; null: there is nothing to do, or no executor has room. */
  next(session: Session): BatchPlan | null {
    const { lifecycle } = session;
    if (!lifecycle.maySubmit || lifecycle.start === null) return null;
    const choice = chooseExecutor(this.context, this.inFlight, lifecycle.parameters.executor);
    if (choice === null) return null;
    const cycle = this.currentCycle(session);
    const { movies, newestCredit } = this.nextMovies(session, choice, cycle);
    if (movies.length === 0) return null;
    const { recipe } = lifecycle.start;
    return { ...choice, cycle: cycle.number, recipe, movies, newestCredit };
  }

  onSubmitted(session: Session, { executor, isSpill, newestCredit }: BatchPlan): void {
    this.newestCredits.set(session.id, newestCredit);
    if (isSpill) this.spills.onSubmitted(session, executor);
  }

  /** The cycle of the next batch: the current cycle, or a new one if it is full. */
  private currentCycle({ id }: Session): Cycle {
    const { ledger, settings } = this.context;
    const { cycleSize } = settings.batches;
    const { cycle, cycleAssigned } = ledger.sessions.get(id);
    const { waiting } = ledger.sessions.counts(id);
    const isOpen = cycle > 0 && cycleAssigned < cycleSize;
    return {
      number: isOpen ? cycle : cycle + 1,
      room: isOpen ? cycleSize - cycleAssigned : cycleSize,
      plannedSize: Math.min(cycleSize, waiting + (isOpen ? cycleAssigned : 0)),
    };
  }

  /**
   * While movies arrive, a fraction `liveShare` of the batches takes the newest movies, so that users at the
   * microscope see current results; the other batches take the oldest movies, so that the backlog shrinks. On
   * an executor that starts batches at once, a batch of the newest movies has only one movie, so that later
   * movies do not have to wait. A less preferred executor gets the movies that have waited longest.
   */
  private nextMovies(
    session: Session,
    { executor, isSpill }: Choice,
    cycle: Cycle,
  ): Pick<BatchPlan, 'movies' | 'newestCredit'> {
    const { clock, ledger, settings } = this.context;
    const { liveShare, spillMs } = settings.scheduling;
    const { movies } = ledger;
    const size = Math.min(cycle.room, this.batchSize(executor, cycle.plannedSize));
    const nowMs = clock.wallMs();
    const blocked = this.inFlight.blockedPaths(session);
    const unblocked = (limit: number, find: (limit: number) => readonly LedgerMovie[]) =>
      find(limit + blocked.size)
        .filter((movie) => !blocked.has(movie.path))
        .slice(0, limit);
    const previous = this.newestCredits.get(session.id) ?? FIRST_CREDIT;

    if (isSpill) {
      const waitedMs = this.spills.isFilling(session, executor) ? spillMs / 2 : spillMs;
      return {
        movies: unblocked(size, (n) => movies.dueLongerThan(session.id, nowMs, waitedMs, n)),
        newestCredit: previous,
      };
    }
    const isLive = session.raw.isLive(LIVE_MS);
    const credit = isLive ? previous + liveShare : previous;
    if (!isLive || credit < 1)
      return { movies: unblocked(size, (n) => movies.due(session.id, nowMs, n)), newestCredit: credit };
    const newestSize = executor.startsAtOnce ? 1 : size;
    const newest = unblocked(newestSize, (n) => movies.dueNewest(session.id, nowMs, n));
    return { movies: newest, newestCredit: credit - 1 };
  }

  /**
   * The number of movies per batch, from the number of batches in a cycle: `batchesPerGpu` for each GPU of a
   * node, or as many as keep the executor busy until the end of the cycle, whichever is more.
   * @param movies - number of movies in the cycle, including the waiting movies that it can still take
   */
  private batchSize({ batchesPerCycle }: Executor, movies: number): number {
    const { batchesPerGpu, gpusPerNode } = this.context.settings.batches;
    const batches = Math.max(batchesPerGpu * gpusPerNode, batchesPerCycle);
    return Math.max(1, Math.ceil(movies / batches));
  }
}
