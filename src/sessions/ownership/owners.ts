import { FileCallStuck } from '../../base/file-calls.ts';
import type { Context } from '../context.ts';
import { isUnfinished } from '../lifecycle/machine.ts';
import type { ResultIntake } from '../results/intake.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import type { Session } from '../session.ts';
import type { Trials } from '../trials/trials.ts';
import { followOtherService } from './follow-other.ts';

/** Idle sessions are checked once in this number of rounds. */
const IDLE_CHECK_ROUNDS = 6;

export interface OwnersParts {
  readonly inFlight: BatchesInFlight;
  readonly intake: ResultIntake;
  readonly trials: Trials;
  sessions(): Iterable<Session>;
}

/**
 * Writes heartbeats to the sessions of this service, releases idle sessions, and checks which sessions belong
 * to other services. This is a separate loop, so that a slow round of the scheduler does not delay
 * heartbeats.
 */
export class Owners {
  private readonly context: Context;
  private readonly parts: OwnersParts;
  private isClosed = false;
  private endPause: (() => void) | null = null;
  private running: Promise<void> = Promise.resolve();
  private rounds = 0;

  constructor(context: Context, parts: OwnersParts) {
    this.context = context;
    this.parts = parts;
  }

  run(): void {
    this.running = this.loop();
  }

  /** Releases all sessions; must be called after the last submission. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.endPause?.();
    await this.running;
    for (const session of this.parts.sessions()) await session.owner.release();
  }

  private async loop(): Promise<void> {
    while (!this.isClosed) {
      await this.pause();
      this.rounds++;
      const present = [...this.parts.sessions()].filter(({ raw }) => raw.exists);
      const ours = present.filter(({ owner }) => owner.isOurs);
      // In parallel: the files of one session may not respond, and the heartbeats of others must not be late.
      await Promise.all(ours.map((session) => this.reconcile(session)));
      for (const session of present) {
        if (this.isClosed) return;
        if (!session.owner.isOurs) await this.reconcile(session);
      }
    }
  }

  private async reconcile(session: Session): Promise<void> {
    try {
      if (session.owner.isOurs) {
        if (this.isIdle(session)) await session.owner.release();
        else await session.owner.beat();
      } else if (this.isCheckDue(session)) await this.checkOwner(session);
    } catch (error) {
      if (error instanceof FileCallStuck) return; // the session has a warning
      this.context.logger.warn(
        { session: session.key, error },
        'the owner of a session cannot be determined',
      );
    }
  }

  private async checkOwner(session: Session): Promise<void> {
    const wasElsewhere = session.owner.isElsewhere;
    const isElsewhere = await session.owner.isOwnedElsewhere();
    if (!wasElsewhere && !isElsewhere) return;
    await followOtherService(this.context, this.parts.intake, session);
    this.context.bus.emit('workAvailable');
  }

  private isIdle(session: Session): boolean {
    const { inFlight, trials } = this.parts;
    const isWorking = isUnfinished(session.lifecycle.state) || session.mutex.isBusy;
    return !isWorking && inFlight.ofSession(session).length === 0 && !trials.isWaiting(session);
  }

  private isCheckDue(session: Session): boolean {
    const { waiting, queued } = this.context.ledger.sessions.counts(session.id);
    return session.owner.isElsewhere || waiting + queued > 0 || this.rounds % IDLE_CHECK_ROUNDS === 0;
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.context.tuning.ownerBeatMs);
      this.endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
