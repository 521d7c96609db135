import type { Ending, Submission } from '../executor.ts';
import type { WorkflowPlace } from './workflow-folder.ts';

/** A workflow of ours that has batches without an end. */
export interface Run extends WorkflowPlace {
  /** `unplanned`: Pegasus must be asked to plan it; `started`: its monitor writes, or will. */
  state: 'unplanned' | 'started';
  /** Starts that we know of: the end of an earlier one says nothing. */
  starts: number;
  /** How often it was started again after it failed. */
  resumes: number;
  /** Why Pegasus does not get on with it; empty where it does. */
  troubles: readonly string[];
  nextStatusMs: number;
  /** A start that was given up may have been heard all the same: another one waits until then. */
  startNotBeforeMs: number;
  /** The workflow has ended: since when that is known. */
  endedSinceMs: number | null;
  isRemoved: boolean;
}

/** A batch that was given to us and has not ended. */
export interface OpenBatch {
  readonly submission: Submission;
  readonly token: string;
  /** null: it is gathered with others. */
  run: Run | null;
  /** Its job in the workflow, from 1. */
  task: number;
  isCancelled: boolean;
  /** Last sign of life of its job since the workflow ended, and since when it is the last. */
  farewell: { beatMs: number | null; sinceMs: number } | null;
}

export const openRun = (place: WorkflowPlace): Run => ({
  ...place,
  state: 'unplanned',
  starts: 0,
  resumes: 0,
  troubles: [],
  nextStatusMs: 0,
  startNotBeforeMs: 0,
  endedSinceMs: null,
  isRemoved: false,
});

/** Puts batches into the run that has them in its plan. */
export function assign(run: Run, batches: Iterable<OpenBatch>): void {
  const tasks = new Map(
    run.tasks.flatMap((members, i) => members.map(({ token }) => [token, i + 1] as const)),
  );
  for (const batch of batches) {
    const task = tasks.get(batch.token);
    if (task !== undefined) Object.assign(batch, { run, task });
  }
}

/** Ends that are kept for `poll`; the ledger has long taken older ones. */
const ENDINGS_KEPT = 10_000;

/** Ends of batches, told once. */
export class Endings {
  private readonly known = new Map<string, Ending>();
  private readonly listeners: ((token: string, ending: Ending) => void)[] = [];

  of(token: string): Ending | undefined {
    return this.known.get(token);
  }

  tell(token: string, ending: Ending): void {
    if (this.known.has(token)) return;
    this.known.set(token, ending);
    for (const old of this.known.keys()) {
      if (this.known.size <= ENDINGS_KEPT) break;
      this.known.delete(old);
    }
    for (const listener of this.listeners) listener(token, ending);
  }

  onEnded(listener: (token: string, ending: Ending) => void): void {
    this.listeners.push(listener);
  }
}
