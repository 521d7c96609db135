/** Limit for a worker if its submission has none, and minimum limit until its first heartbeat, ms. */
const DEFAULT_LIMIT_MS = 600_000;
const MIN_START_MS = 120_000;
const DEFAULT_TICK_MS = 1000;
/** Time between SIGTERM and SIGKILL for a silent worker, which usually does not react, ms. */
export const SILENT_GRACE_MS = 2000;
/** A tick that is late because this process was suspended counts for at most this many ticks. */
const MAX_LATE_TICKS = 2;

/**
 * Measures how long a worker has given no sign of life. The time is counted in ticks of this process: if the
 * whole job or machine was suspended, that time does not count.
 */
export class SilenceWatch {
  private readonly limitMs: number;
  private readonly tickMs: number;
  private readonly timer: NodeJS.Timeout;
  private hasBegun = false;
  private silentMs = 0;
  private lastTickMs = performance.now();

  /** @param onSilent - called once, when the worker has been silent for longer than the limit */
  constructor(limitMs: number | undefined, onSilent: () => void, tickMs = DEFAULT_TICK_MS) {
    this.limitMs = limitMs ?? DEFAULT_LIMIT_MS;
    this.tickMs = Math.min(tickMs, this.limitMs);
    this.timer = setInterval(() => {
      if (!this.isSilent()) return;
      this.close();
      onSilent();
    }, this.tickMs);
  }

  /** Called for each heartbeat from the worker. */
  recordHeartbeat(): void {
    this.hasBegun = true;
    this.silentMs = 0;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private isSilent(): boolean {
    const nowMs = performance.now();
    this.silentMs += Math.min(nowMs - this.lastTickMs, MAX_LATE_TICKS * this.tickMs);
    this.lastTickMs = nowMs;
    return this.silentMs >= (this.hasBegun ? this.limitMs : Math.max(this.limitMs, MIN_START_MS));
  }
}
