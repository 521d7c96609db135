import { systemClock } from '../../base/clock.ts';
import type { Ending } from '../executor.ts';
import { lastHeartbeat, readOutcome, requestCancel } from '../jobs/folder.ts';
import type { GroupedBatch } from './batch-store.ts';
import type { SchedulerDriver, StillRunning } from './driver.ts';
import { endSentence, jobName } from './ending-sentences.ts';
import { CANCELLED, endingOf } from './endings.ts';
import { readLogTail } from './group-folder.ts';
import type { CoreTimes } from './settings.ts';

/** What may still be running after each ending, unless the driver reports something else. */
const MAY_STILL_RUN: Readonly<Partial<Record<Ending['how'], StillRunning>>> = {
  node_failure: 'old_process',
  preempted: 'old_process',
  vanished: 'whole_job',
};

/**
 * Begins the grace period of a batch, or checks whether it is over: the job has ended according to the
 * scheduler, or is unknown to it, but has not reported its end. The period lasts until the job's files have
 * had time to arrive over the network and, if something may still be running, until the heartbeats have
 * stopped.
 * @param how - how the job ended according to the scheduler
 * @returns the ending; null: the grace period is not over
 */
export async function endAfterGrace(
  batch: GroupedBatch,
  how: Ending['how'],
  times: Pick<CoreTimes, 'settleMs' | 'fenceMs'>,
  driver: Pick<SchedulerDriver, 'title' | 'outOfMemory'>,
): Promise<Ending | null> {
  const { group, task, token } = batch;
  const nowMs = systemClock.monotonicMs();
  const mayStillRun = batch.report?.mayStillRun ?? MAY_STILL_RUN[how] ?? 'nothing';
  let { grace } = batch;
  if (grace?.how !== how) {
    grace = { how, sinceMs: nowMs, lastHeartbeatMs: await lastHeartbeat(group.folder, task) };
    batch.grace = grace;
    // A process that the scheduler has lost, or a job that starts late, reads this file and ends.
    if (mayStillRun === 'old_process') await requestCancel(group.folder, token);
  } else if (mayStillRun !== 'nothing') {
    const lastHeartbeatMs = await lastHeartbeat(group.folder, task);
    if (lastHeartbeatMs !== grace.lastHeartbeatMs) Object.assign(grace, { lastHeartbeatMs, sinceMs: nowMs });
  }
  const hasBegun = grace.lastHeartbeatMs !== null;
  const { settleMs, fenceMs } = times;
  const waitMs = mayStillRun !== 'nothing' && hasBegun ? Math.max(fenceMs, settleMs) : settleMs;
  // There is no need to wait for a cancelled job that never began.
  const isDue = nowMs - grace.sinceMs >= waitMs || (batch.isCancelRequested && !hasBegun);
  if (!isDue) return null;
  // If the job starts after all, it reads this file and ends.
  await requestCancel(group.folder, token);
  return endingWithoutReport(batch, how, driver);
}

/** The ending of a batch whose job has not reported one. */
async function endingWithoutReport(
  batch: GroupedBatch,
  how: Ending['how'],
  { title, outOfMemory }: Pick<SchedulerDriver, 'title' | 'outOfMemory'>,
): Promise<Ending> {
  if (batch.isCancelRequested) return CANCELLED;
  const tail = await readLogTail(batch.group.folder, batch.task);
  const mayBeOutOfMemory = how === 'failed' || how === 'cancelled_externally' || how === 'completed';
  if (mayBeOutOfMemory && outOfMemory?.test(tail))
    return endingOf('out_of_memory', endSentence(batch, 'out_of_memory', title));
  if (how !== 'completed' && how !== 'failed') return endingOf(how, endSentence(batch, how, title));
  // A job that runs normally reports how each batch ended before the job itself ends.
  const outcome = await readOutcome(batch.group.folder, batch.token);
  if (outcome !== null || batch.hasBegun) {
    const detail = batch.report?.detail ?? `${jobName(batch)} was stopped from outside the service.`;
    const { exitCode, signal } = outcome ?? { exitCode: null, signal: null };
    return { how: 'lost', exitCode, signal, detail };
  }
  return endingOf('failed', batch.report?.detail ?? endedBeforeStartText(batch, tail));
}

function endedBeforeStartText(batch: GroupedBatch, logTail: string): string {
  const lastLine = logTail.trim().split('\n').at(-1);
  const { reason = null } = batch.report ?? {};
  const reasonText = reason ? ` (${reason})` : '';
  const logText = lastLine ? `; last line of its log: ${lastLine}` : ', and its log is empty';
  return `${jobName(batch)} ended before its work began${reasonText}${logText}.`;
}
