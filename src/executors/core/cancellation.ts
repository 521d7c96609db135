import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../base/clock.ts';
import { CodedError } from '../../contract/errors.ts';
import type { Handle } from '../executor.ts';
import { lastBeat, requestCancel } from '../jobs/folder.ts';
import { adopt } from './adoption.ts';
import { type Batch, type GroupedBatch, isGrouped } from './book.ts';
import type { CancelQueue } from './cancel-queue.ts';
import { type Core, endIfUnwanted } from './core.ts';
import { CANCELLED } from './endings.ts';
import type { Looks } from './looks.ts';
import type { Polls } from './polls.ts';
import type { Submissions } from './submissions.ts';

/** Between polls, and between looks, while a cancel waits for its jobs to end. */
const CANCEL_POLL_MS = 1000;
const CANCEL_LOOK_MS = 100;

interface Parts {
  readonly submissions: Submissions;
  readonly polls: Polls;
  readonly looks: Looks;
  readonly queue: CancelQueue;
}

/**
 * Ends batches: forbids each by a file that its job looks at, so that it ends although the scheduler does not listen, and
 * has the scheduler end whole jobs. Resolves when all have ended.
 * @throws CodedError JOBS_STILL_RUNNING where some give signs of life to the last
 */
export async function cancelBatches(core: Core, parts: Parts, handles: readonly Handle[]): Promise<void> {
  await adopt(core, handles);
  const batches = handles.flatMap(({ token }) => core.book.open.get(token) ?? []);
  for (const batch of batches) await forbid(core, batch);
  const isOpen = (batch: Batch) => core.book.open.has(batch.token);
  if (!batches.some(isOpen)) return;
  // A submission that is under way either makes jobs that can be named, or has its batches wait again.
  await Promise.race([parts.submissions.settled(), sleep(core.settings.times.settleMs)]);
  await parts.queue.add(parts.queue.targetsOf(batches.filter(isOpen).filter(isGrouped)));
  await new Awaiting(core, parts, batches.filter(isOpen).filter(isGrouped)).ends();
}

async function forbid({ book }: Core, batch: Batch): Promise<void> {
  batch.isCancelRequested = true;
  const { group } = batch;
  endIfUnwanted(book, batch);
  if (group) await requestCancel(group.folder, batch.token);
}

/** Waits for batches that were cancelled, as long as their jobs give signs of life or the scheduler has a say. */
class Awaiting {
  private readonly core: Core;
  private readonly parts: Parts;
  private readonly batches: readonly GroupedBatch[];
  private readonly startMs = systemClock.monotonicMs();
  /** Last sign of life of each batch's job, and since when it is the last. */
  private readonly signs = new Map<GroupedBatch, { beatMs: number | null; sinceMs: number }>();

  constructor(core: Core, parts: Parts, batches: readonly GroupedBatch[]) {
    this.core = core;
    this.parts = parts;
    this.batches = batches;
  }

  async ends(): Promise<void> {
    const { book, settings, polling } = this.core;
    const { cancelMs, graceMs, beatMs, fenceMs } = settings.times;
    const limitMs = Math.max(cancelMs, graceMs + 4 * beatMs + 2 * fenceMs);
    let pollMs = this.startMs + CANCEL_LOOK_MS;
    for (;;) {
      await this.parts.looks.look();
      const isLate = systemClock.monotonicMs() - this.startMs > limitMs;
      for (const batch of this.left())
        if (await this.isSilent(batch, isLate)) book.end(batch, 'given_up', CANCELLED);
      const left = this.left();
      if (left.length === 0) return;
      if (isLate) throw stillRunning(this.core, left);
      if (systemClock.monotonicMs() >= pollMs && polling.isDue) {
        pollMs = systemClock.monotonicMs() + CANCEL_POLL_MS;
        await this.parts.polls.ask();
      } else await sleep(CANCEL_LOOK_MS);
    }
  }

  private left(): GroupedBatch[] {
    return this.batches.filter((batch) => this.core.book.open.has(batch.token));
  }

  /** Its job gives no sign of life, and the scheduler will not tell of its end. It never begins: it is forbidden. */
  private async isSilent(batch: GroupedBatch, isLate: boolean): Promise<boolean> {
    const nowMs = systemClock.monotonicMs();
    const beatMs = await lastBeat(batch.group.folder, batch.task);
    let sign = this.signs.get(batch);
    if (!sign || sign.beatMs !== beatMs) {
      sign = { beatMs, sinceMs: nowMs };
      this.signs.set(batch, sign);
    }
    const { settleMs, fenceMs } = this.core.settings.times;
    const quietMs = nowMs - sign.sinceMs;
    if (isLate) return beatMs === null || quietMs >= fenceMs;
    const isHeard = this.core.polling.refusal === null && this.parts.queue.hasTold(batch);
    return !isHeard && quietMs >= (beatMs === null ? settleMs : fenceMs);
  }
}

function stillRunning({ driver }: Core, batches: readonly GroupedBatch[]): CodedError {
  const count = batches.length === 1 ? 'A batch' : `${batches.length} batches`;
  return new CodedError(
    'JOBS_STILL_RUNNING',
    `${count} may still run on ${driver.title}: the jobs give signs of life.`,
  );
}
