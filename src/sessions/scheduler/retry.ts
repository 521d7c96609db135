import type { ServiceConfig } from '../../contract/config.ts';

/** Retry as data: so many attempts, a first delay that doubles, a longest one. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly factor: number;
  readonly longestDelayMs: number;
}

export const retryPolicyOf = (config: ServiceConfig, longestDelayMs: number): RetryPolicy => ({
  attempts: config.retry.attempts,
  firstDelayMs: config.retry.delay_seconds * 1000,
  factor: 2,
  longestDelayMs,
});

/** @param failures - attempts of the present set that failed, 1 or more */
export const delayMs = (policy: RetryPolicy, failures: number): number =>
  Math.min(policy.longestDelayMs, policy.firstDelayMs * policy.factor ** (failures - 1));
