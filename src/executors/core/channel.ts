import { BackOff, DOUBLING } from '../../base/back-off.ts';
import { isoOf, systemClock } from '../../base/clock.ts';
import type { ExecutorHealth } from '../../contract/api.ts';
import type { Refusal, SchedulerDriver } from './driver.ts';
import type { CoreTimes } from './settings.ts';

/** State of one kind of scheduler command: the last failure, since when it has failed, when to try again. */
export class Channel {
  refusal: Refusal | null = null;
  sinceMs: number | null = null;
  private readonly backOff: BackOff;

  constructor({ retryMs, maxRetryMs }: Pick<CoreTimes, 'retryMs' | 'maxRetryMs'>) {
    this.backOff = new BackOff({ firstDelayMs: retryMs, factor: DOUBLING, maxDelayMs: maxRetryMs });
  }

  get isDue(): boolean {
    return this.backOff.isDue(systemClock.monotonicMs());
  }

  onSuccess(): void {
    this.refusal = null;
    this.sinceMs = null;
    this.backOff.recordSuccess();
  }

  onFailure(refusal: Refusal): void {
    this.refusal = refusal;
    this.sinceMs ??= systemClock.wallMs();
    this.backOff.recordFailure(systemClock.monotonicMs());
  }
}

/**
 * If the scheduler is unreachable, this is reported rather than a refused submission.
 * @param probe - of the driver, see `SchedulerDriver`
 */
export function healthOf(
  polling: Channel,
  submitting: Channel,
  probe: SchedulerDriver['probe'],
): ExecutorHealth {
  const failing = [polling, probe, submitting].find((channel) => channel?.refusal);
  if (!failing?.refusal) return { state: 'healthy', detail: null, since: null };
  return {
    state: failing.refusal.kind === 'unreachable' ? 'unreachable' : 'degraded',
    detail: failing.refusal.text,
    since: isoOf(failing.sinceMs),
  };
}
