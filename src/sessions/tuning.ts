import type { ServiceSettings } from '../contract/settings.ts';
import type { WatchTimes } from './discovery/messages.ts';

/** Times and limits that no person sets; tests make them short. */
export interface Tuning {
  /** Between looks at files that are changing. */
  readonly hotMs: number;
  /** Between looks that trust no directory time. */
  readonly fullMs: number;
  readonly sessionsMs: number;
  readonly incompleteTimeoutMs: number;
  /** Between looks for results of movies in flight. */
  readonly resultsMs: number;
  /** Between rounds while nothing is in flight; what happens begins one at once. */
  readonly idleMs: number;
  /** Between questions to the executor, which also calls by itself. */
  readonly pollMs: number;
  /** Between tries while the disk is full. */
  readonly diskFullMs: number;
  /** So many movies in turn that fail for the same reason of the settings mean that no movie will succeed. */
  readonly settingsFailureLimit: number;
  /** So many batches in turn that end without any result mean that workers cannot work. */
  readonly emptyBatchLimit: number;
  readonly maxRetryDelayMs: number;
  readonly summaryMs: number;
  /** Least time between two writings of a session's STAR tables while it is being processed. */
  readonly tablesMs: number;
  /** Between signs of life in a session that this service works on. */
  readonly ownerBeatMs: number;
  /** Without a sign of life for so long a service counts as ended. */
  readonly ownerLeaseMs: number;
}

export function tuningOf({ discovery }: ServiceSettings, given: Partial<Tuning> = {}): Tuning {
  const { scanMs, quietMs, incompleteTimeoutMs } = discovery;
  return {
    hotMs: Math.min(100, scanMs),
    fullMs: Math.max(60_000, 10 * scanMs),
    sessionsMs: Math.max(1000, scanMs),
    incompleteTimeoutMs: Math.max(incompleteTimeoutMs, quietMs),
    resultsMs: 100,
    idleMs: 250,
    pollMs: 2000,
    diskFullMs: 30_000,
    settingsFailureLimit: 5,
    emptyBatchLimit: 5,
    maxRetryDelayMs: 3_600_000,
    summaryMs: 250,
    tablesMs: 60_000,
    ownerBeatMs: 5000,
    ownerLeaseMs: 60_000,
    ...given,
  };
}

export const watchTimesOf = ({ discovery }: ServiceSettings, tuning: Tuning): WatchTimes => ({
  scanMs: discovery.scanMs,
  quietMs: discovery.quietMs,
  hotMs: tuning.hotMs,
  fullMs: tuning.fullMs,
  incompleteTimeoutMs: tuning.incompleteTimeoutMs,
});
