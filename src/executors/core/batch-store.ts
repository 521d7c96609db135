import type { Ending, Submission } from '../executor.ts';
import type { JobGroup, JobReport } from './driver.ts';
import { Endings } from './endings.ts';
import { type JobEvent, type JobState, nextState } from './states.ts';

/** A group of ours with open batches. */
export interface OpenGroup extends JobGroup {
  /** Number of open batches, and whether all others succeeded: then the folder can be removed. */
  openCount: number;
  isClean: boolean;
}

/** A batch that was submitted to us and has not ended. */
export interface Batch {
  readonly token: string;
  readonly submission: Submission;
  state: JobState;
  /** null: not yet in a group. */
  group: OpenGroup | null;
  /** Its job in the group, from 1. */
  task: number;
  /** The last report of the scheduler on its job; null: none yet. */
  report: JobReport | null;
  /** Its job has begun, according to the job itself. */
  hasBegun: boolean;
  /** Its cancellation was requested. */
  isCancelRequested: boolean;
  /** How it ended according to the scheduler, while its job has not reported an end; null: not ended. */
  verdict: Ending['how'] | null;
  grace: GracePeriod | null;
}

export type GroupedBatch = Batch & { group: OpenGroup };

/** Start of the grace period, and the last heartbeat seen then. */
interface GracePeriod {
  readonly how: Ending['how'];
  sinceMs: number;
  lastHeartbeatMs: number | null;
}

/** All batches of an executor, by token. */
export class BatchStore {
  readonly open = new Map<string, Batch>();
  readonly endings = new Endings();
  private readonly onGroupDone: (group: OpenGroup) => void;

  /** @param onGroupDone - all batches of a group have ended */
  constructor(onGroupDone: (group: OpenGroup) => void = () => undefined) {
    this.onGroupDone = onGroupDone;
  }

  add(submission: Submission): Batch {
    const { token } = submission;
    const batch = newBatch(submission);
    this.open.set(token, batch);
    return batch;
  }

  has(token: string): boolean {
    return this.open.has(token) || this.endings.of(token) !== null;
  }

  /** @returns whether it changed the state */
  move(batch: Batch, event: JobEvent): boolean {
    const before = batch.state;
    batch.state = nextState(before, event);
    return batch.state !== before;
  }

  /** @param event - that leads to the end; nothing is reported if it does not in this state */
  end(batch: Batch, event: JobEvent, ending: Ending): void {
    this.move(batch, event);
    if (batch.state !== 'ended' || !this.open.delete(batch.token)) return;
    this.endings.report(batch.token, ending);
    const { group } = batch;
    if (group === null) return;
    group.openCount--;
    group.isClean &&= ending.how === 'completed';
    if (group.openCount === 0) this.onGroupDone(group);
  }

  join(batch: Batch, group: OpenGroup, task: number): void {
    batch.group = group;
    batch.task = task;
    group.openCount++;
  }

  /** Its group was refused: it waits for another one. */
  leave(batch: Batch): void {
    if (batch.group) batch.group.openCount--;
    Object.assign(batch, { group: null, task: 0, report: null, verdict: null, grace: null });
  }

  all(): Batch[] {
    return [...this.open.values()];
  }

  grouped(): GroupedBatch[] {
    return this.all().filter(isGrouped);
  }

  membersOf(group: JobGroup): GroupedBatch[] {
    return this.grouped().filter((batch) => batch.group === group);
  }
}

export const isGrouped = (batch: Batch): batch is GroupedBatch => batch.group !== null;

/** Key of a job: its group's name and its number. */
export const jobKey = (group: string, task: number): string => `${group}_${task}`;
export const keyOf = ({ group, task }: GroupedBatch): string => jobKey(group.name, task);

export const newBatch = (submission: Submission): Batch => ({
  token: submission.token,
  submission,
  state: 'waiting',
  group: null,
  task: 0,
  report: null,
  hasBegun: false,
  isCancelRequested: false,
  verdict: null,
  grace: null,
});
