import type { Ending, Submission } from '../executor.ts';
import type { JobGroup, JobReport } from './driver.ts';
import { Endings } from './endings.ts';
import { type JobEvent, type JobState, nextState } from './states.ts';

/** A group of this service with open batches. */
export interface OpenGroup extends JobGroup {
  /** Number of open batches. */
  openCount: number;
  /**
   * Whether the folder is removed once there are no open batches, because all batches that have ended
   * succeeded.
   */
  isRemovable: boolean;
}

/** A batch that was submitted to this executor and has not ended. */
export interface Batch {
  readonly token: string;
  readonly submission: Submission;
  state: JobState;
  /** null: not yet in a group. */
  group: OpenGroup | null;
  /** Number of its job in the group, from 1. */
  task: number;
  /** The scheduler's last report about its job; null: none yet. */
  report: JobReport | null;
  /** Whether its job has begun, according to the job itself. */
  hasBegun: boolean;
  /** Whether its cancellation was requested. */
  isCancelRequested: boolean;
  /** How its job ended according to the scheduler, until the job itself reports it; null: not ended. */
  schedulerEnding: Ending['how'] | null;
  grace: GracePeriod | null;
}

export type GroupedBatch = Batch & { group: OpenGroup };

/** Start of a grace period, and the last heartbeat at that time. */
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

  /** @param onGroupDone - called when all batches of a group have ended */
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
    return this.open.has(token) || this.endings.find(token) !== null;
  }

  /** @returns whether the event changed the state */
  move(batch: Batch, event: JobEvent): boolean {
    const before = batch.state;
    batch.state = nextState(before, event);
    return batch.state !== before;
  }

  /** @param event - should end the batch; if it does not do so in the current state, nothing is reported */
  end(batch: Batch, event: JobEvent, ending: Ending): void {
    this.move(batch, event);
    if (batch.state !== 'ended' || !this.open.delete(batch.token)) return;
    this.endings.report(batch.token, ending);
    const { group } = batch;
    if (group === null) return;
    group.openCount--;
    group.isRemovable &&= ending.how === 'completed';
    if (group.openCount === 0) this.onGroupDone(group);
  }

  join(batch: Batch, group: OpenGroup, task: number): void {
    batch.group = group;
    batch.task = task;
    group.openCount++;
  }

  /** The group of the batch was refused: the batch waits for another group. */
  leave(batch: Batch): void {
    if (batch.group) batch.group.openCount--;
    Object.assign(batch, { group: null, task: 0, report: null, schedulerEnding: null, grace: null });
  }

  openBatches(): Batch[] {
    return [...this.open.values()];
  }

  grouped(): GroupedBatch[] {
    return this.openBatches().filter(isGrouped);
  }

  membersOf(group: JobGroup): GroupedBatch[] {
    return this.grouped().filter((batch) => batch.group === group);
  }
}

export const isGrouped = (batch: Batch): batch is GroupedBatch => batch.group !== null;

/** Key of a job: the name of its group, and its number. */
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
  schedulerEnding: null,
  grace: null,
});
