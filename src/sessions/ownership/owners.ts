import type { Context } from '../context.ts';
import { isUnfinished } from '../lifecycle/machine.ts';
import type { ResultIntake } from '../results/intake.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import type { Session } from '../session.ts';
import type { Trials } from '../trials/trials.ts';
import { followOther } from './follow-other.ts';

/** Idle sessions are checked once in this number of rounds. */
const REST_ROUNDS = 6;

export interface OwnersParts {
  readonly inFlight: BatchesInFlight;
  readonly intake: ResultIntake;
  readonly trials: Trials;
  sessions(): Iterable<Session>;
}

/**
 * Writes the heartbeats of this service to its own sessions, releases idle ones, and checks which ones belong
 * to other services. A separate loop, so that a slow round of the scheduler does not delay the heartbeats.
 */
export class Owners {
  private readonly context: Context;
  private readonly parts: OwnersParts;
  private isClosed = false;
  private endRest: (() => void) | null = null;
  private running: Promise<void> = Promise.resolve();
  private rounds = 0;

  constructor(context: Context, parts: OwnersParts) {
    this.context = context;
    this.parts = parts;
  }

  run(): void {
    this.running = this.loop();
  }

  /** Releases all sessions; to be called when nothing is submitted any more. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.endRest?.();
    await this.running;
    for (const session of this.parts.sessions()) await session.owner.release();
  }

  private async loop(): Promise<void> {
    while (!this.isClosed) {
      await this.rest();
      this.rounds++;
      for (const session of this.parts.sessions()) {
        if (this.isClosed) return;
        if (session.raw.exists) await this.tend(session);
      }
    }
  }

  private async tend(session: Session): Promise<void> {
    try {
      if (session.owner.isOurs) {
        if (this.isAtRest(session)) await session.owner.release();
        else await session.owner.beat();
      } else if (this.isLookDue(session)) await this.look(session);
    } catch (error) {
      this.context.logger.warn(
        { session: session.key, error },
        'the owner of a session cannot be determined',
      );
    }
  }

  private async look(session: Session): Promise<void> {
    const was = session.owner.isElsewhere;
    const isElsewhere = await session.owner.look();
    if (!was && !isElsewhere) return;
    await followOther(this.context, this.parts.intake, session);
    this.context.bus.emit('workAvailable');
  }

  private isAtRest(session: Session): boolean {
    const { inFlight, trials } = this.parts;
    const isWorking = isUnfinished(session.lifecycle.state) || session.mutex.isBusy;
    return !isWorking && inFlight.of(session).length === 0 && !trials.isWaiting(session);
  }

  private isLookDue(session: Session): boolean {
    const { waiting, queued } = this.context.ledger.sessions.counts(session.id);
    return session.owner.isElsewhere || waiting + queued > 0 || this.rounds % REST_ROUNDS === 0;
  }

  private rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.context.tuning.ownerBeatMs);
      this.endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
