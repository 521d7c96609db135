import type { RetrySettings } from '../../contract/settings.ts';

/** Retry as data: so many attempts, a first delay that doubles, a longest one. */
export interface RetryPolicy {
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly factor: number;
  readonly longestDelayMs: number;
}

export const retryPolicyOf = (
  { attempts, firstDelayMs }: RetrySettings,
  longestDelayMs: number,
): RetryPolicy => ({
  attempts,
  firstDelayMs,
  factor: 2,
  longestDelayMs,
});

/** @param failures - attempts of the present set that failed, 1 or more */
export const delayMs = (policy: RetryPolicy, failures: number): number =>
  Math.min(policy.longestDelayMs, policy.firstDelayMs * policy.factor ** (failures - 1));
