import { ERRORS, type ErrorCode } from '../../contract/errors.ts';

/** Consecutive failures of a session that indicate that no movie will succeed. */
export class FailureSeries {
  private emptyBatches = 0;
  private settingsFailures: { readonly code: ErrorCode; readonly count: number } | null = null;

  /** Consecutive batches without any result. */
  get consecutiveEmptyBatches(): number {
    return this.emptyBatches;
  }

  /** The settings error with which the last movies failed; null if there was none. */
  get settingsErrorCode(): ErrorCode | null {
    return this.settingsFailures?.code ?? null;
  }

  /** Number of consecutive movies that failed with `settingsErrorCode`. */
  get settingsFailureCount(): number {
    return this.settingsFailures?.count ?? 0;
  }

  /** @param isEmpty - whether the batch had no result at all, and movies without a result remain */
  onBatchEnded(isEmpty: boolean): void {
    this.emptyBatches = isEmpty ? this.emptyBatches + 1 : 0;
  }

  /** @param code - of a failure; null: a successful result */
  onResultStored(code: ErrorCode | null): void {
    this.emptyBatches = 0;
    if (code === null) this.settingsFailures = null;
    else if (ERRORS[code].cause === 'settings')
      this.settingsFailures = {
        code,
        count: this.settingsFailures?.code === code ? this.settingsFailures.count + 1 : 1,
      };
  }

  /** Called when a user started the session, or gave movies new attempts. */
  reset(): void {
    this.emptyBatches = 0;
    this.settingsFailures = null;
  }
}
