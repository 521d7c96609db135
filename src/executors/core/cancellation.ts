import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../base/clock.ts';
import { CodedError } from '../../contract/errors.ts';
import type { Handle } from '../executor.ts';
import { lastHeartbeat, requestCancel } from '../jobs/folder.ts';
import { adopt } from './adoption.ts';
import { type Batch, type GroupedBatch, isGrouped } from './batch-store.ts';
import type { CancelQueue } from './cancel-queue.ts';
import { type Core, endIfUnwanted } from './core.ts';
import { CANCELLED } from './endings.ts';
import type { JobFileReader } from './job-file-reader.ts';
import type { Polls } from './polls.ts';
import type { Submissions } from './submissions.ts';

/** Polling intervals of the scheduler and of the job files while cancelled jobs are ending. */
const CANCEL_POLL_MS = 1000;
const CANCEL_READ_MS = 100;

interface Parts {
  readonly submissions: Submissions;
  readonly polls: Polls;
  readonly jobFiles: JobFileReader;
  readonly queue: CancelQueue;
}

/**
 * Ends batches: writes a cancel file for each, which its job reads, so that the batch ends even if the
 * scheduler does not respond; and asks the scheduler to cancel whole jobs. Resolves when all have ended.
 * @throws CodedError JOBS_STILL_RUNNING if some jobs still have heartbeats after the time limit
 */
export async function cancelBatches(core: Core, parts: Parts, handles: readonly Handle[]): Promise<void> {
  await adopt(core, handles);
  const batches = handles.flatMap(({ token }) => core.store.open.get(token) ?? []);
  for (const batch of batches) await markCancelled(core, batch);
  const isOpen = (batch: Batch) => core.store.open.has(batch.token);
  if (!batches.some(isOpen)) return;
  // A running submission either creates jobs with known names, or its batches return to waiting.
  await Promise.race([parts.submissions.settled(), sleep(core.settings.times.settleMs)]);
  await parts.queue.add(parts.queue.targetsOf(batches.filter(isOpen).filter(isGrouped)));
  await new CancelWait(core, parts, batches.filter(isOpen).filter(isGrouped)).untilEnded();
}

async function markCancelled({ store }: Core, batch: Batch): Promise<void> {
  batch.isCancelRequested = true;
  const { group } = batch;
  endIfUnwanted(store, batch);
  if (group === null) return;
  try {
    await requestCancel(group.folder, batch.token);
  } catch {
    // The disk is full, or does not respond: the scheduler is asked anyway.
  }
}

/** Waits for cancelled batches while their jobs have heartbeats or the scheduler still lists them. */
class CancelWait {
  private readonly core: Core;
  private readonly parts: Parts;
  private readonly batches: readonly GroupedBatch[];
  private readonly startMs = systemClock.monotonicMs();
  /** Last heartbeat of each batch's job, and when that heartbeat was first seen. */
  private readonly heartbeats = new Map<GroupedBatch, { lastHeartbeatMs: number | null; sinceMs: number }>();

  constructor(core: Core, parts: Parts, batches: readonly GroupedBatch[]) {
    this.core = core;
    this.parts = parts;
    this.batches = batches;
  }

  async untilEnded(): Promise<void> {
    const { store, settings, polling } = this.core;
    const { cancelMs, graceMs, heartbeatMs, fenceMs } = settings.times;
    const limitMs = Math.max(cancelMs, graceMs + 4 * heartbeatMs + 2 * fenceMs);
    let pollMs = this.startMs + CANCEL_READ_MS;
    for (;;) {
      await this.parts.jobFiles.read();
      const isLate = systemClock.monotonicMs() - this.startMs > limitMs;
      for (const batch of this.openBatches())
        if (await this.canGiveUp(batch, isLate)) store.end(batch, 'given_up', CANCELLED);
      const open = this.openBatches();
      if (open.length === 0) return;
      if (isLate) throw stillRunningError(this.core, open);
      if (systemClock.monotonicMs() >= pollMs && polling.isDue) {
        pollMs = systemClock.monotonicMs() + CANCEL_POLL_MS;
        await this.parts.polls.poll();
      } else await sleep(CANCEL_READ_MS);
    }
  }

  private openBatches(): GroupedBatch[] {
    return this.batches.filter((batch) => this.core.store.open.has(batch.token));
  }

  /**
   * Whether to stop waiting for a batch: its job has no heartbeat, and the scheduler will not report the end
   * of the job. If the job starts late, it reads the cancel file.
   */
  private async canGiveUp(batch: GroupedBatch, isLate: boolean): Promise<boolean> {
    const nowMs = systemClock.monotonicMs();
    const lastHeartbeatMs = await lastHeartbeat(batch.group.folder, batch.task);
    let heartbeat = this.heartbeats.get(batch);
    if (!heartbeat || heartbeat.lastHeartbeatMs !== lastHeartbeatMs) {
      heartbeat = { lastHeartbeatMs, sinceMs: nowMs };
      this.heartbeats.set(batch, heartbeat);
    }
    const { settleMs, fenceMs } = this.core.settings.times;
    const quietMs = nowMs - heartbeat.sinceMs;
    if (isLate) return lastHeartbeatMs === null || quietMs >= fenceMs;
    const isReachable = this.core.polling.refusal === null && this.parts.queue.isCancelAccepted(batch);
    return !isReachable && quietMs >= (lastHeartbeatMs === null ? settleMs : fenceMs);
  }
}

function stillRunningError({ driver }: Core, batches: readonly GroupedBatch[]): CodedError {
  const subject = batches.length === 1 ? 'A batch' : `${batches.length} batches`;
  return new CodedError(
    'JOBS_STILL_RUNNING',
    `${subject} may still be running on ${driver.title}: the jobs still have heartbeats.`,
  );
}
