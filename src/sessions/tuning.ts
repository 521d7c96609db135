import type { ServiceSettings } from '../contract/settings.ts';
import type { WatchTimes } from './discovery/messages.ts';

/** Intervals and limits that cannot be configured; tests use shorter ones. */
export interface Tuning {
  /** Interval between checks of files that are changing. */
  readonly hotMs: number;
  /** Interval between full scans, which do not rely on directory times. */
  readonly fullMs: number;
  /** Interval at which the sessions are listed. */
  readonly sessionsMs: number;
  readonly incompleteTimeoutMs: number;
  /** Interval between checks for results of movies in flight. */
  readonly resultsMs: number;
  /** Interval between rounds while nothing is in flight; events start a round at once. */
  readonly idleMs: number;
  /** Polling interval of the executors, which also report endings without being polled. */
  readonly pollMs: number;
  /** Retry interval while the disk is full. */
  readonly diskFullMs: number;
  /** The session stops after this many consecutive movies failed with the same error in the settings. */
  readonly settingsFailureLimit: number;
  /** The session stops after this many consecutive batches without any result: workers cannot run. */
  readonly emptyBatchLimit: number;
  readonly maxRetryDelayMs: number;
  /** Minimum interval between two live events with the summary of a session. */
  readonly summaryMs: number;
  /** Minimum interval at which the STAR tables of a session are written while it is being processed. */
  readonly tablesMs: number;
  /** Interval between heartbeats in a session that this service processes. */
  readonly ownerBeatMs: number;
  /** Minimum time without heartbeats after which a worker counts as hung; it is longer for large movies. */
  readonly minHeartbeatTimeoutMs: number;
  /** A call of the discovery thread on a file that takes longer than this counts as hung. */
  readonly scanHangMs: number;
  /** A service counts as ended after this time without a heartbeat. */
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
    minHeartbeatTimeoutMs: 60_000,
    scanHangMs: 20_000,
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
