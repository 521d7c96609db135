import type { Clock } from '../../base/clock.ts';
import type { Skipped, SkipReason } from '../../contract/skipped.ts';
import { Arrivals } from '../live/arrivals.ts';
import type { ScanReport } from './messages.ts';

/**
 * State of a session's `raw` folder: whether it can be read, and when movies arrived. Times are monotonic.
 */
export class RawState {
  private readonly clock: Clock;
  private folderExists = true;
  private hasScanned = false;
  private scanError: string | null = null;
  private scanWarnings: readonly string[] = [];
  private scanSkipped: readonly Skipped[] = [];
  /** Movies that were processed, and whose files would be skipped now. */
  private readonly kept = new Map<string, SkipReason>();
  /** Number of these for each reason: to count them for each summary would be slow in large sessions. */
  private readonly keptCounts = new Map<SkipReason, number>();
  private gainWarning: string | null = null;
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
    return this.hasScanned;
  }

  /** Why the folder cannot be read; null if it can. */
  get problem(): string | null {
    return this.scanError;
  }

  get warnings(): readonly string[] {
    return this.scanWarnings;
  }

  /** Files that might be movies but are not movies of the session. */
  get skipped(): readonly Skipped[] {
    return this.withoutKept(this.scanSkipped);
  }

  /** Skipped files without those that were processed as movies before, which are movies of the session. */
  withoutKept(skipped: readonly Skipped[]): Skipped[] {
    return skipped.flatMap((entry) => {
      const count = entry.count - (this.keptCounts.get(entry.reason) ?? 0);
      return count > 0 ? [{ ...entry, count }] : [];
    });
  }

  /** @param reason - why a processed movie would be skipped now; null: it would not, or was not processed */
  setKept(path: string, reason: SkipReason | null): void {
    this.countKept(this.kept.get(path), -1);
    if (reason === null) this.kept.delete(path);
    else this.kept.set(path, reason);
    this.countKept(reason ?? undefined, 1);
  }

  private countKept(reason: SkipReason | undefined, difference: number): void {
    if (reason !== undefined) this.keptCounts.set(reason, (this.keptCounts.get(reason) ?? 0) + difference);
  }

  get gainWarnings(): string[] {
    return this.gainWarning === null ? [] : [this.gainWarning];
  }

  /**
   * Called when a gain reference has arrived that is not used.
   * @param usedName - name of the gain reference that is used; null: none
   */
  noteUnusedGain(name: string, usedName: string | null): void {
    const reason =
      usedName === null
        ? 'the metadata of the first movies do not name it, and movies are not gain-corrected'
        : `it arrived later than ${usedName}, with which movies are corrected`;
    this.gainWarning = `The gain reference ${name} is not used: ${reason}. To use it, give it as rawgainref and resume; all movies are then reprocessed.`;
  }

  /** Called after a start, which decides again which gain reference is used. */
  forgetUnusedGain(): void {
    this.gainWarning = null;
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
  beginScan({ warnings, problem, skipped }: ScanReport): boolean {
    const wasUnreadable = this.scanError !== null;
    this.scanWarnings = warnings;
    this.scanSkipped = skipped;
    this.scanError = problem;
    return wasUnreadable && problem === null;
  }

  endScan(): void {
    this.hasScanned = true;
  }

  /** Called when a movie is new or has changed. @param isNew - whether it has just arrived */
  onMovieSeen(isNew: boolean): void {
    this.lastSeenMs = this.clock.monotonicMs();
    // Files found by the first scan may be years old.
    if (!this.hasScanned || !isNew) return;
    this.lastArrivalMs = this.lastSeenMs;
    this.arrivals.add(this.lastSeenMs);
  }

  /** Time since the last movie was seen. */
  sinceLastMovieMs(): number {
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
