import { systemClock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import { CodedError } from '../../contract/errors.ts';
import { requestCancel } from '../jobs/folder.ts';
import { type Batch, isGrouped, type OpenGroup } from './batch-store.ts';
import { type Core, settleRefused } from './core.ts';
import type { SubmitResult } from './driver.ts';
import { endingOf } from './endings.ts';
import { writeGroupFolder } from './group-folder.ts';
import { GroupSize } from './group-size.ts';
import { folderOf, jobPlanOf, newGroup, type PlannedGroup, planGroups } from './plan.ts';

/**
 * A continuous stream of batches delays the submission of earlier ones by at most this many times `gatherMs`.
 */
const MAX_GATHER_TIMES = 5;

/** Submits waiting batches to the scheduler, group by group, as long as it accepts them. */
export class Submissions {
  private readonly core: Core;
  private readonly groupSize = new GroupSize();
  /** For each folder, the time at which gathering its batches ends, and the latest possible time. */
  private readonly gathering = new Map<string, { dueMs: number; latestMs: number }>();
  private readonly onUnwanted: (group: OpenGroup) => void;
  private currentRun: Promise<void> | null = null;
  private isClosed = false;

  /** @param onUnwanted - called for a group that was submitted but is no longer wanted */
  constructor(core: Core, onUnwanted: (group: OpenGroup) => void) {
    this.core = core;
    this.onUnwanted = onUnwanted;
  }

  /** Called after a batch was added: more batches of its folder may follow. */
  gather(batch: Batch): void {
    const nowMs = systemClock.monotonicMs();
    const { gatherMs } = this.core.settings.times;
    const folder = folderOf(batch);
    const latestMs = this.gathering.get(folder)?.latestMs ?? nowMs + MAX_GATHER_TIMES * gatherMs;
    this.gathering.set(folder, { dueMs: Math.min(nowMs + gatherMs, latestMs), latestMs });
  }

  /** Submits the batches that are due. A call during a run waits for that run. Never rejects. */
  run(): Promise<void> {
    this.currentRun ??= this.submitDue().finally(() => {
      this.currentRun = null;
    });
    return this.currentRun;
  }

  /** Resolves when no submission is running. */
  async settled(): Promise<void> {
    await this.currentRun;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.currentRun;
  }

  private async submitDue(): Promise<void> {
    const { store, submitting, settings } = this.core;
    const waiting = store.openBatches().filter(({ state }) => state === 'waiting');
    if (waiting.length === 0) return submitting.onSuccess();
    if (!submitting.isDue || this.isUnreachable()) return;
    for (const group of new Set(waiting.filter(isGrouped).map((batch) => batch.group)))
      if (this.isClosed || !(await this.submit(group))) return;
    const due = waiting.filter((batch) => !isGrouped(batch) && this.isGathered(folderOf(batch)));
    for (const planned of planGroups(due, store.openBatches(), settings, this.groupSize.maxJobs)) {
      if (this.isClosed) return;
      const group = await this.prepare(planned);
      if (group && !(await this.submit(group))) return;
    }
  }

  private isUnreachable(): boolean {
    const { polling, driver } = this.core;
    return [polling, driver.probe].some((channel) => channel?.refusal?.kind === 'unreachable');
  }

  private isGathered(folder: string): boolean {
    const window = this.gathering.get(folder);
    if (window && systemClock.monotonicMs() < window.dueMs) return false;
    this.gathering.delete(folder);
    return true;
  }

  /** Writes the folder of a group. @returns null on failure: it is retried, or the batches have ended */
  private async prepare(planned: PlannedGroup): Promise<OpenGroup | null> {
    const { store, driver, settings, submitting } = this.core;
    const { layout } = driver;
    const plan = jobPlanOf(settings, planned);
    try {
      const folder = await layout.claim(planned.batchFolder);
      const group = newGroup(settings, { name: layout.nameOf(folder), folder, tasks: plan.tasks });
      await writeGroupFolder(folder, await driver.files(group), plan);
      await this.join(group, planned);
      return group;
    } catch (error) {
      const text = messageOf(error);
      if (error instanceof CodedError) submitting.onFailure({ kind: 'refused', text });
      else {
        const ending = endingOf('vanished', `The job directory cannot be written: ${text}.`);
        for (const batch of planned.tasks.flat()) store.end(batch, 'given_up', ending);
      }
      return null;
    }
  }

  /**
   * Adds the batches to their group. The plan in the folder may contain batches that were cancelled while it
   * was written: they get a cancel file.
   */
  private async join(group: OpenGroup, { tasks }: PlannedGroup): Promise<void> {
    const isOpen = ({ token }: Batch) => this.core.store.open.has(token);
    for (const [i, batches] of tasks.entries())
      for (const batch of batches) if (isOpen(batch)) this.core.store.join(batch, group, i + 1);
    for (const { token } of tasks.flat().filter((batch) => !isOpen(batch)))
      await requestCancel(group.folder, token);
  }

  /** @returns whether the next group may be submitted */
  private async submit(group: OpenGroup): Promise<boolean> {
    const { store, driver, submitting } = this.core;
    const members = store.membersOf(group).filter(({ state }) => state === 'waiting');
    if (members.length === 0) {
      await settleRefused(this.core, group); // all were cancelled in the meantime
      return true;
    }
    for (const batch of members) store.move(batch, 'submit');
    const result = await driver.submit(group);
    if (!result.ok) return this.handleRefusal(group, result);
    for (const [i, id] of (result.ids ?? []).entries()) group.ids[i] = id;
    for (const batch of members) store.move(batch, 'accepted');
    submitting.onSuccess();
    this.groupSize.onAccepted();
    // The whole group may have been cancelled while it was submitted.
    if (members.every(({ isCancelRequested }) => isCancelRequested)) this.onUnwanted(group);
    return true;
  }

  private async handleRefusal(
    group: OpenGroup,
    { refusal }: Extract<SubmitResult, { ok: false }>,
  ): Promise<boolean> {
    const { store, submitting } = this.core;
    const { kind } = refusal;
    // A scheduler that did not respond may have accepted the group anyway: the next poll shows this.
    const event = kind === 'unreachable' ? 'unanswered' : 'refused';
    for (const batch of store.membersOf(group)) store.move(batch, event);
    if (kind !== 'unreachable') await settleRefused(this.core, group);
    if (kind === 'later') return true;
    const isTooMuch = kind === 'full' || kind === 'too_large';
    if (!isTooMuch || !this.groupSize.onRefused(group.tasks.length, kind)) submitting.onFailure(refusal);
    return false;
  }
}
