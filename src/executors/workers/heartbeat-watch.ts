/** Timeout of a worker if its submission has none, and minimum timeout until its first heartbeat, ms. */
const DEFAULT_TIMEOUT_MS = 600_000;
const MIN_START_TIMEOUT_MS = 120_000;
const DEFAULT_TICK_MS = 1000;
/** Time between SIGTERM and SIGKILL for a hung worker, which usually does not react, ms. */
export const HUNG_GRACE_MS = 2000;
/** A tick that is late because this process was suspended counts for at most this many ticks. */
const MAX_LATE_TICKS = 2;

/**
 * Measures the time since the last heartbeat of a worker. It is counted in ticks of this process: if the
 * whole job or machine was suspended, that time does not count.
 */
export class HeartbeatWatch {
  private readonly timeoutMs: number;
  private readonly tickMs: number;
  private readonly timer: NodeJS.Timeout;
  private hasBegun = false;
  private elapsedMs = 0;
  private lastTickMs = performance.now();

  /** @param onTimeout - called once, when the worker has sent no heartbeat for longer than the timeout */
  constructor(timeoutMs: number | undefined, onTimeout: () => void, tickMs = DEFAULT_TICK_MS) {
    this.timeoutMs = timeoutMs ?? DEFAULT_TIMEOUT_MS;
    this.tickMs = Math.min(tickMs, this.timeoutMs);
    this.timer = setInterval(() => {
      if (!this.hasTimedOut()) return;
      this.close();
      onTimeout();
    }, this.tickMs);
  }

  /** Called for each heartbeat from the worker. */
  recordHeartbeat(): void {
    this.hasBegun = true;
    this.elapsedMs = 0;
  }

  close(): void {
    clearInterval(this.timer);
  }

  private hasTimedOut(): boolean {
    const nowMs = performance.now();
    this.elapsedMs += Math.min(nowMs - this.lastTickMs, MAX_LATE_TICKS * this.tickMs);
    this.lastTickMs = nowMs;
    return (
      this.elapsedMs >= (this.hasBegun ? this.timeoutMs : Math.max(this.timeoutMs, MIN_START_TIMEOUT_MS))
    );
  }
}
