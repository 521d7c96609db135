import type { Clock } from '../../base/clock.ts';
import { Arrivals } from '../live/arrivals.ts';
import type { LookReport } from './messages.ts';

/** What is known of a session's files below `raw`: whether they can be seen, and how movies arrive. Monotonic times. */
export class RawState {
  private readonly clock: Clock;
  private isThere = true;
  private looked = false;
  private lookFault: string | null = null;
  private lookWarnings: readonly string[] = [];
  /** When a movie was last seen for the first time. */
  private lastSeenMs: number;
  /** When a movie last arrived while the service watched. */
  private lastArrivalMs = Number.NEGATIVE_INFINITY;
  private readonly arrivals = new Arrivals();

  constructor(clock: Clock) {
    this.clock = clock;
    this.lastSeenMs = clock.monotonicMs();
  }

  /** False: the session's folder is gone, or was not met since the service runs. */
  get exists(): boolean {
    return this.isThere;
  }

  /** It was looked through at least once. */
  get wasLookedAt(): boolean {
    return this.looked;
  }

  /** Why it cannot be read; null where it can. */
  get fault(): string | null {
    return this.lookFault;
  }

  get warnings(): readonly string[] {
    return this.lookWarnings;
  }

  /** @param lastMovieMs - wall clock, when the ledger last saw a new movie */
  restore(lastMovieMs: number | null): void {
    if (lastMovieMs !== null) this.lastSeenMs -= Math.max(0, this.clock.wallMs() - lastMovieMs);
  }

  setExists(exists: boolean): void {
    this.isThere = exists;
  }

  /** Before the changes of a look are taken. @returns whether it can be read again */
  beginLook({ warnings, fault }: LookReport): boolean {
    const wasFaulty = this.lookFault !== null;
    this.lookWarnings = warnings;
    this.lookFault = fault;
    return wasFaulty && fault === null;
  }

  endLook(): void {
    this.looked = true;
  }

  /** @param isNew - the ledger does not know it */
  movieSeen(isNew: boolean): void {
    this.lastSeenMs = this.clock.monotonicMs();
    // What the first look finds may be years old.
    if (!this.looked || !isNew) return;
    this.lastArrivalMs = this.lastSeenMs;
    this.arrivals.add(this.lastSeenMs);
  }

  /** For so long no new movie was seen. */
  quietMs(): number {
    return this.clock.monotonicMs() - this.lastSeenMs;
  }

  /** The microscope works: a movie arrived within so long. */
  isLive(windowMs: number): boolean {
    return this.clock.monotonicMs() - this.lastArrivalMs < windowMs;
  }

  /** Movies that arrived lately, and when the first of them did, in the shape of `ratePerHour`. */
  recentArrivals(): { count: number; firstMs: number | null } {
    return this.arrivals.recent(this.clock.monotonicMs());
  }
}
