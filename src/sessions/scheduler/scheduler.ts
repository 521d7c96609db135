import { ERRORS } from '../../contract/errors.ts';
import type { Ending } from '../../executors/executor.ts';
import { asCoded } from '../../pipeline/faults.ts';
import type { Context } from '../context.ts';
import { isWanted, type Session } from '../session.ts';
import { advance } from '../states/advance.ts';
import { isActive } from '../states/machine.ts';
import { signal } from '../states/signal.ts';
import { SessionTables } from '../tables/tables.ts';
import { chooseExecutor } from './choose.ts';
import { awaitDisk, diskFault } from './disk.ts';
import { cleanSession, finalize } from './finalize.ts';
import { collect, type Flight } from './flights.ts';
import { submitNext } from './submit.ts';

/** After an unforeseen fault of a session it waits so long, so that a fault that stays does not fill the log. */
const FAULT_HOLD_MS = 5000;
/** The same fault of the same session is logged again after so long. */
const SAME_FAULT_MS = 600_000;

/**
 * One loop for all sessions: take in results, hear which batches ended, move states, submit. Sessions share by movies:
 * the one with the fewest in flight is next. A session that is being started or stopped is passed over until that is done.
 */
export class Scheduler {
  readonly flights = new Map<string, Flight>();
  private readonly context: Context;
  private readonly sessions: () => Iterable<Session>;
  private readonly tables: SessionTables;
  private readonly ended = new Map<string, Ending>();
  private readonly logged = new Map<number, { message: string; untilMs: number }>();
  private turn = 0;
  private nextPollMs = 0;
  private wake: (() => void) | null = null;
  private isWoken = false;
  private closed = false;
  private running: Promise<void> | null = null;

  constructor(context: Context, sessions: () => Iterable<Session>) {
    this.context = context;
    this.sessions = sessions;
    this.tables = new SessionTables(context);
    context.executors.onEnded((token, ending) => {
      this.ended.set(token, ending);
      this.kick();
    });
  }

  run(): void {
    this.running = this.loop();
  }

  /** Has the next round begin at once. */
  kick(): void {
    this.isWoken = true;
    this.wake?.();
  }

  async close(): Promise<void> {
    this.closed = true;
    this.kick();
    await this.running;
    await this.tables.close();
  }

  flightsOf(session: Session): Flight[] {
    return [...this.flights.values()].filter((flight) => flight.session === session);
  }

  /** Cancels what runs of a session; its movies wait again. Resolves when nothing of it runs. */
  async cancel(session: Session): Promise<void> {
    const flights = this.flightsOf(session);
    if (flights.length > 0) await this.context.executors.cancel(flights.map((flight) => flight.handle));
    const detail = 'The session was stopped or its parameters changed.';
    for (const flight of flights) {
      this.ended.delete(flight.token);
      await finalize(this.context, this.flights, flight, {
        how: 'cancelled',
        exitCode: null,
        signal: null,
        detail,
      });
    }
    await cleanSession(this.context, this.flights, session);
  }

  private async loop(): Promise<void> {
    while (!this.closed) {
      try {
        await this.round();
      } catch (error) {
        this.context.logger.error({ error }, 'a round of the scheduler failed');
      }
      if (!this.isWoken) await this.rest();
      this.isWoken = false;
    }
  }

  private rest(): Promise<void> {
    return new Promise((resolve) => {
      const { resultsMs, idleMs } = this.context.tuning;
      const timer = setTimeout(resolve, this.flights.size > 0 ? resultsMs : idleMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async round(): Promise<void> {
    const idle = (session: Session) => !session.mutex.isBusy;
    const flights = [...this.flights.values()].filter((flight) => idle(flight.session));
    await Promise.all(flights.map((f) => this.guard(f.session, () => collect(this.context, f, false))));
    await this.hearEndings();
    for (const session of this.sessions())
      if (idle(session)) await this.guard(session, () => this.tend(session));
    await this.submitInTurns();
  }

  private async hearEndings(): Promise<void> {
    const { clock, tuning, executors } = this.context;
    if (clock.monotonicMs() >= this.nextPollMs) {
      this.nextPollMs = clock.monotonicMs() + tuning.pollMs;
      this.askForTroubles();
      const polled = [...this.flights.values()];
      const statuses = await executors.poll(polled.map((flight) => flight.handle));
      for (const [token, status] of statuses)
        if (status.state === 'ended') this.ended.set(token, status.ending);
    }
    for (const [token, ending] of this.ended) {
      const flight = this.flights.get(token);
      if (flight?.session.mutex.isBusy) continue; // whoever holds the session ends its flights
      this.ended.delete(token);
      if (flight)
        await this.guard(flight.session, () => finalize(this.context, this.flights, flight, ending));
    }
  }

  private async tend(session: Session): Promise<void> {
    if (!session.exists) return;
    if (session.awaitsDisk && this.context.clock.monotonicMs() >= session.heldUntilMs)
      await this.tryDisk(session);
    if (isWanted(session)) advance(this.context, session);
    this.tables.tend(session);
  }

  /** What the executors say of a session's batches is told with the session, and goes when it has passed. */
  private askForTroubles(): void {
    const flights = Map.groupBy(this.flights.values(), (flight) => flight.session);
    for (const session of this.sessions()) {
      const handles = (flights.get(session) ?? []).map((flight) => flight.handle);
      if (handles.length === 0 && session.placeWarnings.length === 0) continue;
      const warnings = this.context.executors.troubles(handles);
      if (warnings.join('\n') === session.placeWarnings.join('\n')) continue;
      session.placeWarnings = warnings;
      for (const warning of warnings) this.context.logger.warn({ session: session.key }, warning);
      this.context.announcer.session(session);
    }
  }

  private async tryDisk(session: Session): Promise<void> {
    const { clock, tuning } = this.context;
    session.heldUntilMs = clock.monotonicMs() + tuning.diskFullMs;
    if ((await diskFault(session.paths)) !== null) return;
    session.awaitsDisk = false;
    session.heldUntilMs = clock.monotonicMs();
    signal(this.context, session, 'can_go_on');
  }

  private async submitInTurns(): Promise<void> {
    while (!this.closed && (await this.submitOfSomeone())) {
      // Until nobody has anything that finds room.
    }
  }

  /** One batch of the session that has the fewest movies in flight; equal ones take turns. */
  private async submitOfSomeone(): Promise<boolean> {
    const all = [...this.sessions()];
    const first = all.length === 0 ? 0 : this.turn++ % all.length;
    const inFlight = new Map<Session, number>();
    for (const { session, movies } of this.flights.values())
      inFlight.set(session, (inFlight.get(session) ?? 0) + movies.length);
    const order = [...all.slice(first), ...all.slice(0, first)]
      .filter((session) => this.hasTurn(session))
      .sort((a, b) => (inFlight.get(a) ?? 0) - (inFlight.get(b) ?? 0));
    for (const session of order) if (await this.submitOne(session)) return true;
    return false;
  }

  private hasTurn(session: Session): boolean {
    const { clock, ledger } = this.context;
    const mayWork = session.exists && isWanted(session) && isActive(session.state) && !session.mutex.isBusy;
    return (
      mayWork &&
      clock.monotonicMs() >= session.heldUntilMs &&
      ledger.movies.isAnyDue(session.id, clock.wallMs()) &&
      chooseExecutor(this.context, this.flights.values(), session) !== null
    );
  }

  private async submitOne(session: Session): Promise<boolean> {
    let isSubmitted = false;
    await session.mutex.run(() =>
      this.guard(session, async () => {
        isSubmitted = await submitNext(this.context, this.flights, session);
      }),
    );
    return isSubmitted;
  }

  /** A fault of one session does not reach the others. */
  private async guard(session: Session, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const coded = asCoded(error);
      this.logOnce(session, error, coded.message);
      if (ERRORS[coded.code].cause === 'disk') awaitDisk(this.context, session, coded.code, coded.message);
      else session.heldUntilMs = this.context.clock.monotonicMs() + FAULT_HOLD_MS;
    }
  }

  /** A fault that stays is met in every round. */
  private logOnce(session: Session, error: unknown, message: string): void {
    const { clock, logger } = this.context;
    const last = this.logged.get(session.id);
    if (last?.message === message && clock.monotonicMs() < last.untilMs) return;
    this.logged.set(session.id, { message, untilMs: clock.monotonicMs() + SAME_FAULT_MS });
    logger.error({ session: session.key, error }, 'work on a session failed');
  }
}
