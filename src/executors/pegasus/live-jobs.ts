import { systemClock } from '../../base/clock.ts';
import { lastHeartbeat } from '../jobs/folder.ts';

/** A network file system shows the time of a heartbeat up to a minute late: six times `fenceMs`. */
const LIVE_FENCES = 6;

/** The last heartbeat of a job, when it was first seen, and when it was last read. */
interface Heartbeat {
  readonly lastMs: number | null;
  readonly seenMs: number;
  readonly readMs: number;
}

/** Which jobs of a workflow that have begun are running, according to their heartbeats. */
export class LiveJobs {
  private readonly folder: string;
  private readonly fenceMs: number;
  private readonly heartbeats = new Map<number, Heartbeat>();

  constructor(folder: string, fenceMs: number) {
    this.folder = folder;
    this.fenceMs = fenceMs;
  }

  /** The numbers of the jobs whose heartbeat has changed recently. Reads each at most once per `fenceMs`. */
  async numbersAmong(jobs: readonly { readonly task: number }[]): Promise<ReadonlySet<number>> {
    const liveNumbers = new Set<number>();
    for (const { task } of jobs) {
      const { seenMs } = await this.read(task);
      if (systemClock.monotonicMs() - seenMs < LIVE_FENCES * this.fenceMs) liveNumbers.add(task);
    }
    return liveNumbers;
  }

  private async read(task: number): Promise<Heartbeat> {
    const known = this.heartbeats.get(task);
    const nowMs = systemClock.monotonicMs();
    if (known && nowMs - known.readMs < this.fenceMs) return known;
    const lastMs = await lastHeartbeat(this.folder, task);
    const seenMs = known && known.lastMs === lastMs ? known.seenMs : nowMs;
    const heartbeat: Heartbeat = { lastMs, seenMs, readMs: nowMs };
    this.heartbeats.set(task, heartbeat);
    return heartbeat;
  }
}
