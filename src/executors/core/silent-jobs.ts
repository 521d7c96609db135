import { systemClock } from '../../base/clock.ts';
import { lastHeartbeat } from '../jobs/folder.ts';
import type { GroupedBatch } from './batch-store.ts';

/** Heartbeats are read this many times within the limit, because each reading asks the file server. */
const READINGS = 20;

/** The last heartbeat of a job, by the clock of the file server. */
interface Heartbeat {
  readonly writtenMs: number | null;
  /** How many readings in a row found it. They are counted, because this process may have been suspended. */
  readonly readings: number;
  /** When it is read again; monotonic. */
  readonly nextMs: number;
}

/**
 * Finds jobs that run according to the scheduler but have given no heartbeat for a long time: the job, its
 * node or the file system hangs. A hung worker in a job that responds is ended by the job itself.
 */
export class SilentJobs {
  private readonly limitMs: number;
  private readonly heartbeats = new WeakMap<GroupedBatch, Heartbeat>();

  constructor(limitMs: number) {
    this.limitMs = limitMs;
  }

  /** Whether the job of a batch is silent. @throws the file system's error */
  async isSilent(batch: GroupedBatch): Promise<boolean> {
    const isExpected = batch.state === 'running' && batch.hasBegun && !batch.report?.isSuspended;
    if (!isExpected || batch.isCancelRequested) {
      this.heartbeats.delete(batch);
      return false;
    }
    const nowMs = systemClock.monotonicMs();
    const last = this.heartbeats.get(batch);
    if (last && nowMs < last.nextMs) return false;
    const writtenMs = await lastHeartbeat(batch.group.folder, batch.task);
    const readings = last?.writtenMs === writtenMs ? last.readings + 1 : 0;
    this.heartbeats.set(batch, { writtenMs, readings, nextMs: nowMs + this.limitMs / READINGS });
    return readings >= READINGS;
  }
}
