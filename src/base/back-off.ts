/** Delays after consecutive failures: a first delay that grows by a factor up to a maximum. */
export interface BackOffPolicy {
  readonly firstDelayMs: number;
  readonly factor: number;
  readonly maxDelayMs: number;
}

/** The usual factor: each delay is twice the previous one. */
export const DOUBLING = 2;

/** Delay after this number of failures, ms; 0 after none. */
export function backOffDelayMs(policy: BackOffPolicy, failures: number): number {
  if (failures <= 0) return 0;
  return Math.min(policy.maxDelayMs, policy.firstDelayMs * policy.factor ** (failures - 1));
}

/** Counts consecutive failures and decides when the next attempt is due, by a monotonic clock. */
export class BackOff {
  private readonly policy: BackOffPolicy;
  private failures = 0;
  private notBeforeMs = Number.NEGATIVE_INFINITY;

  constructor(policy: BackOffPolicy) {
    this.policy = policy;
  }

  get failureCount(): number {
    return this.failures;
  }

  /** @param nowMs - monotonic */
  isDue(nowMs: number): boolean {
    return nowMs >= this.notBeforeMs;
  }

  /** @returns time until the next attempt, ms */
  recordFailure(nowMs: number): number {
    this.failures++;
    const delayMs = backOffDelayMs(this.policy, this.failures);
    this.notBeforeMs = nowMs + delayMs;
    return delayMs;
  }

  recordSuccess(): void {
    this.failures = 0;
    this.notBeforeMs = Number.NEGATIVE_INFINITY;
  }
}
