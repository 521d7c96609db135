import type { Clock } from '../../base/clock.ts';
import { Arrivals } from '../live/arrivals.ts';
import type { ScanReport } from './messages.ts';

/**
 * State of a session's `raw` folder: whether it can be read, and when movies arrived. Times are monotonic.
 */
export class RawState {
  private readonly clock: Clock;
  private folderExists = true;
  private scanned = false;
  private scanFault: string | null = null;
  private scanWarnings: readonly string[] = [];
  /** When the last new movie was seen. */
  private lastSeenMs: number;
  /** When the last movie arrived while the service was watching. */
  private lastArrivalMs = Number.NEGATIVE_INFINITY;
  private readonly arrivals = new Arrivals();

  constructor(clock: Clock) {
    this.clock = clock;
    this.lastSeenMs = clock.monotonicMs();
  }

  /** False: the session's folder does not exist, or has not been found since the service started. */
  get exists(): boolean {
    return this.folderExists;
  }

  /** Whether the folder was scanned at least once. */
  get isScanned(): boolean {
    return this.scanned;
  }

  /** Why the folder cannot be read; null if it can. */
  get fault(): string | null {
    return this.scanFault;
  }

  get warnings(): readonly string[] {
    return this.scanWarnings;
  }

  /** @param lastMovieMs - wall-clock time at which the last movie was added to the ledger */
  restore(lastMovieMs: number | null): void {
    if (lastMovieMs !== null) this.lastSeenMs -= Math.max(0, this.clock.wallMs() - lastMovieMs);
  }

  setExists(exists: boolean): void {
    this.folderExists = exists;
  }

  /**
   * Called before the changes of a scan are applied.
   * @returns whether the folder has become readable again
   */
  beginScan({ warnings, fault }: ScanReport): boolean {
    const wasFaulty = this.scanFault !== null;
    this.scanWarnings = warnings;
    this.scanFault = fault;
    return wasFaulty && fault === null;
  }

  endScan(): void {
    this.scanned = true;
  }

  /** @param isNew - whether the movie is not in the ledger yet */
  movieSeen(isNew: boolean): void {
    this.lastSeenMs = this.clock.monotonicMs();
    // Files found by the first scan may be years old.
    if (!this.scanned || !isNew) return;
    this.lastArrivalMs = this.lastSeenMs;
    this.arrivals.add(this.lastSeenMs);
  }

  /** Time since the last movie was seen. */
  quietMs(): number {
    return this.clock.monotonicMs() - this.lastSeenMs;
  }

  /** Whether the session is live: a movie arrived within this time. */
  isLive(windowMs: number): boolean {
    return this.clock.monotonicMs() - this.lastArrivalMs < windowMs;
  }

  /** Number of recently arrived movies, and when the first of them arrived, for `ratePerHour`. */
  recentArrivals(): { count: number; firstMs: number | null } {
    return this.arrivals.recent(this.clock.monotonicMs());
  }
}
