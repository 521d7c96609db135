import { systemClock } from '../../base/clock.ts';
import { lastHeartbeat } from '../jobs/folder.ts';
import type { GroupedBatch } from './batch-store.ts';

/** Heartbeats are read this many times within the limit, because each reading asks the file server. */
const READINGS = 20;

/** The last heartbeat of a job, and when it was first read; monotonic. */
interface Heartbeat {
  readonly writtenMs: number | null;
  readonly readMs: number;
}

/**
 * Finds jobs that run according to the scheduler but have given no heartbeat for a long time: the job, its
 * node or the file system hangs. A hung worker in a job that responds is ended by the job itself.
 */
export class SilentJobs {
  private readonly limitMs: number;
  private readonly heartbeats = new WeakMap<GroupedBatch, Heartbeat>();
  private nextMs = 0;

  constructor(limitMs: number) {
    this.limitMs = limitMs;
  }

  /** Those of `batches` whose jobs are silent. @throws the file system's error */
  async find(batches: readonly GroupedBatch[]): Promise<GroupedBatch[]> {
    const nowMs = systemClock.monotonicMs();
    if (nowMs < this.nextMs) return [];
    this.nextMs = nowMs + this.limitMs / READINGS;
    const silent: GroupedBatch[] = [];
    for (const batch of batches) if (await this.isSilent(batch)) silent.push(batch);
    return silent;
  }

  private async isSilent(batch: GroupedBatch): Promise<boolean> {
    const isExpected = batch.state === 'running' && batch.hasBegun && !batch.report?.isSuspended;
    if (!isExpected || batch.isCancelRequested) {
      this.heartbeats.delete(batch);
      return false;
    }
    const writtenMs = await lastHeartbeat(batch.group.folder, batch.task);
    const readMs = systemClock.monotonicMs();
    const last = this.heartbeats.get(batch);
    if (last?.writtenMs === writtenMs) return readMs - last.readMs >= this.limitMs;
    this.heartbeats.set(batch, { writtenMs, readMs });
    return false;
  }
}
