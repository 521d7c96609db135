import { backOffDelayMs, DOUBLING } from '../../base/back-off.ts';
import type { Clock } from '../../base/clock.ts';

/** Maximum of doubling delays. */
const MAX_SET_BACK_MS = 1_800_000;

/**
 * Until when a session submits nothing: its disk is full, an executor refused a batch, or batches were
 * cancelled by others. All times are monotonic.
 */
export class HoldOffs {
  private readonly clock: Clock;
  private heldUntilMs = Number.NEGATIVE_INFINITY;
  private isAwaitingDisk = false;
  /** Consecutive batches that were cancelled or lost on the cluster, without a result in between. */
  private setBacks = 0;
  private setBackUntilMs = Number.NEGATIVE_INFINITY;
  private setBackDetail = '';

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get isHeld(): boolean {
    return this.clock.monotonicMs() < this.heldUntilMs;
  }

  /** It waits for its disk, and the next check is due. */
  get isDiskCheckDue(): boolean {
    return this.isAwaitingDisk && !this.isHeld;
  }

  /** Shown during a delay. */
  get warnings(): string[] {
    if (this.clock.monotonicMs() >= this.setBackUntilMs) return [];
    return [`${this.setBackDetail} Its movies are retried automatically.`];
  }

  holdFor(ms: number): void {
    this.heldUntilMs = this.clock.monotonicMs() + ms;
  }

  /** The disk cannot be written to: it is checked again after this time. */
  awaitDisk(ms: number): void {
    this.isAwaitingDisk = true;
    this.holdFor(ms);
  }

  diskIsBack(): void {
    this.isAwaitingDisk = false;
    this.holdFor(0);
  }

  /**
   * A batch was cancelled or lost on the cluster: the session waits, with increasing delays. Batches that end
   * together count once.
   * @param detail - what happened, a sentence
   * @returns the delay, ms; null if it is part of the present one
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

  /** A result ends the series. */
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
