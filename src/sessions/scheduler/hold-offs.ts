import { backOffDelayMs, DOUBLING } from '../../base/back-off.ts';
import type { Clock } from '../../base/clock.ts';

/** Maximum of the doubling delays. */
const MAX_SETBACK_MS = 1_800_000;

/**
 * Delays during which a session submits nothing, because its disk is full, an executor refused a batch, or
 * batches were cancelled outside the service. All times are monotonic.
 */
export class HoldOffs {
  private readonly clock: Clock;
  private heldUntilMs = Number.NEGATIVE_INFINITY;
  private isAwaitingDisk = false;
  /** Consecutive batches that were cancelled or lost on the cluster, without a result in between. */
  private setbacks = 0;
  private setbackUntilMs = Number.NEGATIVE_INFINITY;
  private setbackDetail = '';

  constructor(clock: Clock) {
    this.clock = clock;
  }

  get isHeld(): boolean {
    return this.clock.monotonicMs() < this.heldUntilMs;
  }

  /** Whether the session waits for its disk, and the next check is due. */
  get isDiskCheckDue(): boolean {
    return this.isAwaitingDisk && !this.isHeld;
  }

  /** Warnings that are shown during a delay. */
  get warnings(): string[] {
    if (this.clock.monotonicMs() >= this.setbackUntilMs) return [];
    return [`${this.setbackDetail} Its movies are retried automatically.`];
  }

  holdFor(ms: number): void {
    this.heldUntilMs = this.clock.monotonicMs() + ms;
  }

  /** Called when the disk cannot be written to; it is checked again after this time. */
  awaitDisk(ms: number): void {
    this.isAwaitingDisk = true;
    this.holdFor(ms);
  }

  onDiskRecovered(): void {
    this.isAwaitingDisk = false;
    this.holdFor(0);
  }

  /**
   * Called when a batch was cancelled or lost on the cluster: the session waits, with increasing delays.
   * Batches that end together count once.
   * @param detail - a sentence about what happened
   * @returns the delay, ms; null if the session is already waiting
   */
  addSetback(firstHoldMs: number, detail: string): number | null {
    const nowMs = this.clock.monotonicMs();
    if (nowMs < this.setbackUntilMs) return null;
    this.setbacks++;
    const policy = { firstDelayMs: firstHoldMs, factor: DOUBLING, maxDelayMs: MAX_SETBACK_MS };
    const holdMs = backOffDelayMs(policy, this.setbacks);
    this.setbackUntilMs = nowMs + holdMs;
    this.setbackDetail = detail;
    this.heldUntilMs = Math.max(this.heldUntilMs, this.setbackUntilMs);
    return holdMs;
  }

  /** Called when a result was stored: ends the series of setbacks. */
  onResultStored(): void {
    this.setbacks = 0;
    this.setbackUntilMs = Number.NEGATIVE_INFINITY;
    this.setbackDetail = '';
  }

  /** Called when a user started the session. */
  reset(): void {
    this.onResultStored();
    this.onDiskRecovered();
  }
}
