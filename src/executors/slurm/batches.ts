import type { Ending, Submission } from '../executor.ts';
import type { Row } from './queue.ts';

/** A job array of ours. */
export interface JobArray {
  /** Holds the array's token; by it the array is found, whatever number Slurm gives it. */
  readonly name: string;
  readonly folder: string;
  readonly tasks: readonly (readonly string[])[];
  /** Slurm's number, for cancelling; null until it is known. */
  id: string | null;
  /** Slurm said yes, or the array was seen in the queue. Not so: it is not known whether it was submitted. */
  isAccepted: boolean;
  /** Its sbatch runs now: what the queue shows meanwhile says nothing. */
  isUnderWay: boolean;
  /** Batches that have not ended, and whether all others ended well: then nobody wants its folder. */
  left: number;
  isWell: boolean;
}

/** A batch that was given to us and has not ended. */
export interface Batch {
  readonly token: string;
  readonly submission: Submission;
  /** null: it waits to be submitted. */
  array: JobArray | null;
  /** Its task in the array, from 1. */
  task: number;
  /** As Slurm showed it last; null: not seen yet. */
  row: Row | null;
  /** Its job has begun, by its own word. */
  hasBegun: boolean;
  /** Its job had begun, and waits in the queue again: its node failed, or another job went before. */
  isQueuedAgain: boolean;
  /** Slurm's last word where its job is at its end; null: it is not. */
  verdict: Ending['how'] | null;
  /** We asked for its end. */
  isCancelled: boolean;
  /** Slurm calls it ended, or does not know it: since when, and the last sign of life that was seen then. */
  farewell: Farewell | null;
}

export interface Farewell {
  readonly how: Ending['how'];
  sinceMs: number;
  beatMs: number | null;
}

/** Ends that are kept for `poll`; the ledger has long taken older ones. */
const ENDINGS_KEPT = 10_000;

/** All batches of an executor, by token. */
export class Batches {
  readonly open = new Map<string, Batch>();
  /** Tasks, as `<name of the array>_<task>`, of which a batch was cancelled since the service began. */
  readonly cancelledTasks = new Set<string>();
  private readonly endings = new Map<string, Ending>();
  private readonly listeners: ((token: string, ending: Ending) => void)[] = [];

  add(submission: Submission): Batch {
    const { token } = submission;
    const batch: Batch = {
      ...{ token, submission, array: null, task: 0, row: null, hasBegun: false, isQueuedAgain: false },
      ...{ verdict: null, isCancelled: false, farewell: null },
    };
    this.open.set(token, batch);
    return batch;
  }

  knows(token: string): boolean {
    return this.open.has(token) || this.endings.has(token);
  }

  endingOf(token: string): Ending | null {
    return this.endings.get(token) ?? null;
  }

  end(batch: Batch, ending: Ending): void {
    if (!this.open.delete(batch.token)) return;
    this.endings.set(batch.token, ending);
    for (const old of this.endings.keys()) {
      if (this.endings.size <= ENDINGS_KEPT) break;
      this.endings.delete(old);
    }
    for (const listener of this.listeners) listener(batch.token, ending);
  }

  onEnded(listener: (token: string, ending: Ending) => void): void {
    this.listeners.push(listener);
  }

  waiting(): Batch[] {
    return [...this.open.values()].filter((batch) => batch.array === null);
  }

  submitted(): (Batch & { array: JobArray })[] {
    return [...this.open.values()].filter(isSubmitted);
  }
}

export const isSubmitted = (batch: Batch): batch is Batch & { array: JobArray } => batch.array !== null;

/** Tasks with a batch that is open: each is a job in the queue. */
export const openTasks = (batches: readonly Batch[]): Set<string> =>
  new Set(batches.filter(isSubmitted).map(({ array, task }) => `${array.name}_${task}`));
