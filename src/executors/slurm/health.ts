import type { ExecutorHealth } from '../../contract/api.ts';
import type { Refusal } from './refusal.ts';
import type { SlurmTimes } from './settings.ts';

/** How a kind of question to Slurm fares: what went wrong last, and when to ask again. */
export class Channel {
  refusal: Refusal | null = null;
  sinceMs: number | null = null;
  notBeforeMs = 0;
  private failures = 0;
  private readonly times: Pick<SlurmTimes, 'retryMs' | 'longestRetryMs'>;

  constructor(times: Pick<SlurmTimes, 'retryMs' | 'longestRetryMs'>) {
    this.times = times;
  }

  succeeded(): void {
    this.refusal = null;
    this.sinceMs = null;
    this.failures = 0;
    this.notBeforeMs = 0;
  }

  failed(refusal: Refusal): void {
    const { retryMs, longestRetryMs } = this.times;
    this.refusal = refusal;
    this.sinceMs ??= Date.now();
    this.notBeforeMs = performance.now() + Math.min(longestRetryMs, retryMs * 2 ** this.failures++);
  }

  get mayTry(): boolean {
    return performance.now() >= this.notBeforeMs;
  }
}

/** Slurm that does not answer goes before a submission that it refuses. */
export function healthOf(poll: Channel, submit: Channel): ExecutorHealth {
  const ill = poll.refusal ? poll : submit.refusal ? submit : null;
  if (!ill?.refusal) return { state: 'well', detail: null, since: null };
  return {
    state: ill.refusal.kind === 'away' ? 'away' : 'troubled',
    detail: ill.refusal.text,
    since: ill.sinceMs === null ? null : new Date(ill.sinceMs).toISOString(),
  };
}
