import { backOffDelayMs, DOUBLING } from '../../base/back-off.ts';
import type { Clock } from '../../base/clock.ts';

/** What doubles ends here. */
const MAX_SET_BACK_MS = 1_800_000;

/**
 * Until when a session submits nothing: its disk is full, an executor refused, or batches were taken away from it. All
 * times are monotonic.
 */
export class HoldOffs {
  private readonly clock: Clock;
  private heldUntilMs = Number.NEGATIVE_INFINITY;
  private isAwaitingDisk = false;
  /** Batches in turn that were taken away from it, with no result between them. */
  private setBacks = 0;
  private setBackUntilMs = Number.NEGATIVE_INFINITY;
  private setBackDetail = '';

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get isHeld(): boolean {
    return this.clock.monotonicMs() < this.heldUntilMs;
  }

  /** It waits for its disk, and it is time to look at that again. */
  get isDiskCheckDue(): boolean {
    return this.isAwaitingDisk && !this.isHeld;
  }

  /** Told while a set-back lasts. */
  get warnings(): string[] {
    if (this.clock.monotonicMs() >= this.setBackUntilMs) return [];
    return [`${this.setBackDetail} Its movies are tried again by themselves.`];
  }

  holdFor(ms: number): void {
    this.heldUntilMs = this.clock.monotonicMs() + ms;
  }

  /** The disk takes no outputs: it is looked at again after so long. */
  awaitDisk(ms: number): void {
    this.isAwaitingDisk = true;
    this.holdFor(ms);
  }

  diskIsBack(): void {
    this.isAwaitingDisk = false;
    this.holdFor(0);
  }

  /**
   * A batch was taken away: the session waits, longer each time. Batches that end together are one set-back.
   * @param detail - what happened, a sentence
   * @returns for how long, ms; null where it is part of the present set-back
   */
  setBack(firstHoldMs: number, detail: string): number | null {
    const nowMs = this.clock.monotonicMs();
    if (nowMs < this.setBackUntilMs) return null;
    this.setBacks++;
    const policy = { firstDelayMs: firstHoldMs, factor: DOUBLING, maxDelayMs: MAX_SET_BACK_MS };
    const holdMs = backOffDelayMs(policy, this.setBacks);
    this.setBackUntilMs = nowMs + holdMs;
    this.setBackDetail = detail;
    this.heldUntilMs = Math.max(this.heldUntilMs, this.setBackUntilMs);
    return holdMs;
  }

  /** A result ends a series of set-backs. */
  resultTaken(): void {
    this.setBacks = 0;
    this.setBackUntilMs = Number.NEGATIVE_INFINITY;
    this.setBackDetail = '';
  }

  /** A person started the session. */
  reset(): void {
    this.resultTaken();
    this.diskIsBack();
  }
}
