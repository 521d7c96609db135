import type { Context } from '../context.ts';
import { advance } from '../lifecycle/advance.ts';
import { isUnfinished } from '../lifecycle/machine.ts';
import type { ResultIntake } from '../results/intake.ts';
import type { Session } from '../session.ts';
import type { SessionTables } from '../tables/tables.ts';
import type { Trials } from '../trials/trials.ts';
import type { BatchesInFlight } from './batches-in-flight.ts';
import type { Completions } from './completions.ts';
import { checkDisk, sessionExists } from './disk.ts';
import type { SessionGuard } from './guard.ts';
import type { BatchPlanner } from './plan-batch.ts';
import type { Submitter } from './submit.ts';

export interface SchedulerParts {
  readonly inFlight: BatchesInFlight;
  readonly intake: ResultIntake;
  readonly completions: Completions;
  readonly planner: BatchPlanner;
  readonly submitter: Submitter;
  readonly trials: Trials;
  readonly tables: SessionTables;
  readonly guard: SessionGuard;
  /** All loaded sessions. */
  sessions(): Iterable<Session>;
}

/**
 * One loop for all sessions. A round stores results, polls for completions, reconciles each session (disk,
 * state, tables), and submits batches: trials first, because users wait for them, then batches of the
 * sessions in turn, the session with the fewest movies in flight first. A session that is being started or
 * stopped is skipped.
 */
export class Scheduler {
  private readonly context: Context;
  private readonly parts: SchedulerParts;
  private turn = 0;
  private endPause: (() => void) | null = null;
  private isWoken = false;
  private isClosed = false;
  private running: Promise<void> | null = null;

  constructor(context: Context, parts: SchedulerParts) {
    this.context = context;
    this.parts = parts;
    context.bus.on('workAvailable', () => this.wake());
  }

  run(): void {
    this.running = this.loop();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.wake();
    await this.running;
  }

  /** Starts the next round at once. */
  private wake(): void {
    this.isWoken = true;
    this.endPause?.();
  }

  private async loop(): Promise<void> {
    while (!this.isClosed) {
      try {
        await this.runRound();
      } catch (error) {
        this.context.logger.error({ error }, 'a round of the scheduler failed');
      }
      if (!this.isWoken) await this.pause();
      this.isWoken = false;
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const { resultsMs, idleMs } = this.context.tuning;
      const timer = setTimeout(resolve, this.parts.inFlight.size > 0 ? resultsMs : idleMs);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async runRound(): Promise<void> {
    await this.storeResults();
    if (this.parts.completions.isPollDue) this.updateWarnings();
    await this.parts.completions.poll();
    await this.reconcileSessions();
    await this.submitTrials();
    await this.submitInTurns();
  }

  private async storeResults(): Promise<void> {
    const { inFlight, intake, guard } = this.parts;
    const batches = inFlight.all().filter(({ session }) => !session.mutex.isBusy);
    await Promise.all(
      batches.map(({ session, token }) => guard.run(session, () => intake.storeResultsOf(token, false))),
    );
  }

  /**
   * Updates the problems that executors report for the batches of each session.
   */
  private updateWarnings(): void {
    const batches = Map.groupBy(this.parts.inFlight.all(), ({ session }) => session);
    for (const session of this.parts.sessions()) {
      const handles = (batches.get(session) ?? []).map((batch) => batch.handle);
      const isQuiet = handles.length === 0 && session.executorWarnings.all.length === 0;
      if (!isQuiet) session.executorWarnings.replace(this.context.executors.problems(handles));
    }
  }

  private async reconcileSessions(): Promise<void> {
    const idle = [...this.parts.sessions()].filter(({ mutex }) => !mutex.isBusy);
    // In parallel, because the disk of one session may not respond.
    await Promise.all(idle.map((session) => this.parts.guard.run(session, () => this.reconcile(session))));
  }

  /** Reconciles a session: its disk, its state, its tables. */
  private async reconcile(session: Session): Promise<void> {
    if (!session.raw.exists) return;
    if (session.holdOffs.isDiskCheckDue) await checkDisk(this.context, session);
    const { isProcessingRequested, state } = session.lifecycle;
    if (isProcessingRequested || isUnfinished(state)) advance(this.context, session);
    if (!session.owner.isElsewhere) this.parts.tables.reconcile(session);
  }

  private async submitTrials(): Promise<void> {
    const { trials } = this.parts;
    for (const session of trials.waiting())
      if (!session.mutex.isBusy) await this.inMutex(session, () => trials.submit(session));
  }

  private async submitInTurns(): Promise<void> {
    while (!this.isClosed && (await this.takeTurn())) {
      // Repeated until there is no room for a batch of any session.
    }
  }

  /** @returns whether a batch was submitted or results were stored, so that there may be more to do */
  private async takeTurn(): Promise<boolean> {
    for (const session of this.sessionsInTurn())
      if (await this.inMutex(session, () => this.submitOne(session))) return true;
    return false;
  }

  /**
   * Sessions with something to submit, those with the fewest movies in flight first; sessions with equal
   * numbers take turns.
   */
  private sessionsInTurn(): Session[] {
    const { planner, inFlight, sessions } = this.parts;
    const all = [...sessions()];
    const first = all.length === 0 ? 0 : this.turn++ % all.length;
    const counts = inFlight.movieCounts();
    return [...all.slice(first), ...all.slice(0, first)]
      .filter((session) => !session.mutex.isBusy && planner.hasNext(session))
      .sort((a, b) => (counts.get(a.id) ?? 0) - (counts.get(b.id) ?? 0));
  }

  /**
   * Submits one batch. If its movies already have results, these are stored, and the next turn plans again.
   */
  private async submitOne(session: Session): Promise<boolean> {
    const { planner, intake, submitter } = this.parts;
    if (!(await sessionExists(session)) || !(await session.owner.claim())) return false;
    const plan = planner.next(session);
    if (plan === null) return false;
    if ((await intake.storeExisting(session, plan.movies)) > 0) return true;
    planner.onSubmitted(session, plan);
    return submitter.submit(session, plan);
  }

  private async inMutex(session: Session, work: () => Promise<boolean>): Promise<boolean> {
    let result = false;
    await session.mutex.run(() =>
      this.parts.guard.run(session, async () => {
        result = await work();
      }),
    );
    return result;
  }
}
