import { systemClock } from '../../base/clock.ts';
import { lastHeartbeat } from '../jobs/folder.ts';
import type { GroupedBatch } from './batch-store.ts';

/** Number of reads of a heartbeat within the timeout; each is a request to the file server. */
const READS_PER_TIMEOUT = 20;

/** The last heartbeat of a job, by the clock of the file server. */
interface Heartbeat {
  readonly writtenMs: number | null;
  /** Number of later reads that found it unchanged. Time is not measured: this process may be suspended. */
  readonly reads: number;
  /** When it is read again; monotonic. */
  readonly nextMs: number;
}

/**
 * Finds jobs that the scheduler reports as running but that have written no heartbeat for a long time: the
 * job, its node or the file system hangs. A hung worker in a job that responds is ended by the job itself.
 */
export class HungJobs {
  private readonly timeoutMs: number;
  private readonly heartbeats = new WeakMap<GroupedBatch, Heartbeat>();

  constructor(timeoutMs: number) {
    this.timeoutMs = timeoutMs;
  }

  /** Whether the job of a batch is hung. @throws the file system's error */
  async isHung(batch: GroupedBatch): Promise<boolean> {
    const isExpected = batch.state === 'running' && batch.hasBegun && !batch.report?.isSuspended;
    if (!isExpected || batch.isCancelRequested) {
      this.heartbeats.delete(batch);
      return false;
    }
    const nowMs = systemClock.monotonicMs();
    const last = this.heartbeats.get(batch);
    if (last && nowMs < last.nextMs) return false;
    const writtenMs = await lastHeartbeat(batch.group.folder, batch.task);
    const reads = last?.writtenMs === writtenMs ? last.reads + 1 : 0;
    this.heartbeats.set(batch, { writtenMs, reads, nextMs: nowMs + this.timeoutMs / READS_PER_TIMEOUT });
    return reads >= READS_PER_TIMEOUT;
  }
}
