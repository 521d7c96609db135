import type { Ending, Finding } from '../executor.ts';
import type { Tasks } from '../jobs/folder.ts';

/**
 * A scheduler behind the core: it submits, polls and cancels jobs, and says how it is. Everything else (states, grace
 * periods, adoption after a restart, limits, back-off) is the core's and the same for all. No method may throw, except
 * where it says so; `README.md` of `executors/` has a whole driver.
 */
export interface SchedulerDriver {
  /** As the config file, batch files and handles name it, such as `slurm`. */
  readonly name: string;
  /** As people name it, for sentences. */
  readonly title: string;
  /** Where groups lie and how the scheduler knows them; usually `tokenLayout(name, site)`. */
  readonly layout: GroupLayout;
  /**
   * True where the folder of a group tells whether it was submitted: then one that was refused, or that a former service
   * left behind half submitted, is submitted again as it is. Else its batches go into another group.
   */
  readonly tellsSubmissionsByFiles?: boolean;
  /** In the log of a job that was killed because it took too much memory. */
  readonly outOfMemory?: RegExp;

  /** Whether jobs can be given such a file. @throws CodedError where they cannot */
  assertUsable?(batchPath: string): void;
  /** What goes into the folder of a group beside its plan, before it is submitted. @throws CodedError */
  files(group: JobGroup): Promise<readonly GroupFile[]> | readonly GroupFile[];
  /** Submits all jobs of a group: job n runs `[...group.command, n]`. */
  submit(group: JobGroup): Promise<SubmitAnswer>;
  /** What the scheduler knows of our jobs: one question, however many there are. Jobs of ours beyond these are orphans. */
  poll(jobs: readonly Job[]): Promise<PollAnswer>;
  /** What the accounts of the scheduler know of groups that `poll` does not show any more; absent: it keeps none. */
  lookUp?(groups: readonly JobGroup[]): Promise<readonly JobReport[]>;
  /** Ends jobs, waiting or running. @returns why it could not; null where it did */
  cancel(targets: readonly CancelTarget[]): Promise<Refusal | null>;
  /** Why jobs do not get on, a sentence each; absent: nothing to say beyond the health. */
  troubles?(jobs: readonly (Job & JobView)[]): readonly string[];
  /** Asks within seconds whether work can be done. */
  check(): Promise<readonly Finding[]>;
  /** null: not known. */
  version(): Promise<string | null>;
}

/** Jobs that one call of `submit` hands over. */
export interface JobGroup {
  /** By it the scheduler's jobs are found again; one of `tokenLayout` holds letters, digits and dashes only. */
  readonly name: string;
  /** Holds all that its jobs need and write, on a file system that the nodes see. */
  readonly folder: string;
  /** The batches of each job, of which the first is number 1. */
  readonly tasks: Tasks['tasks'];
  /** Runs a job on its node; the number of the job is appended. */
  readonly command: readonly string[];
  /** The scheduler's id of each job; null until it is known. */
  readonly ids: (string | null)[];
}

/** Where the folders of groups lie beside the batch files that they do, and what their names mean. */
export interface GroupLayout {
  /** Path for a new group; the folder itself is made when its files are written. */
  claim(batchFolder: string): Promise<string>;
  /** Folders in which groups may lie that have batches of these files. */
  find(batchFolder: string): Promise<string[]>;
  /** The name by which the scheduler knows the jobs of a group. */
  nameOf(folder: string): string;
  /** Removes what a group leaves behind that nobody needs: it was refused, or all of its batches ended well. */
  discard(folder: string): Promise<void>;
}

/** A job of a group that has batches without an end. */
export interface Job {
  readonly group: JobGroup;
  /** From 1. */
  readonly task: number;
  /** By its own word. */
  readonly hasBegun: boolean;
}

/** What was last seen of a job. */
export interface JobView {
  readonly report: JobReport | null;
  readonly isRequeued: boolean;
}

export interface GroupFile {
  readonly name: string;
  readonly content: string;
  readonly isProgram?: boolean;
}

/** What became of a job, in the words of the port; `returned`: it never began and is to be submitted again as it is. */
export type Phase = 'waiting' | 'running' | 'returned' | Ending['how'];

/** What may still run of a job that the scheduler calls ended, on a node that it does not reach. */
export type Remainder =
  /** It has ended all of it. */
  | 'nothing'
  /** An old process, which is not wanted any more. */
  | 'old_process'
  /** Perhaps all of it: only the scheduler has forgotten it. */
  | 'whole_job';

/** A job as the scheduler shows it. */
export interface JobReport {
  /** Name of its group, and its number there. */
  readonly group: string;
  readonly task: number;
  readonly phase: Phase;
  /** As people write it. */
  readonly id: string | null;
  readonly node: string | null;
  /** The scheduler's word on why it waits or ended. */
  readonly reason: string | null;
  /** A sentence on its end in place of the usual one. */
  readonly detail?: string;
  /** Absent: what is usual for such an end. */
  readonly remainder?: Remainder;
  /** It still shows as running, but the scheduler is ending it. */
  readonly isEnding?: boolean;
}

/** Why a command did not do its work. */
export interface Refusal {
  /**
   * `unreachable`: it was not answered, and may have been heard all the same. `full`: there is no room for so many jobs
   * now. `too_large`: a group of so many is never taken. `later`: not yet, and nothing is wrong. `refused`: all else.
   */
  readonly kind: 'unreachable' | 'full' | 'too_large' | 'later' | 'refused';
  /** One sentence for a person. */
  readonly text: string;
}

export type SubmitAnswer =
  | { readonly ok: true; readonly ids?: readonly string[] }
  | { readonly ok: false; readonly refusal: Refusal };

export type PollAnswer =
  | {
      readonly ok: true;
      readonly reports: readonly JobReport[];
      /** Groups of which it cannot be said yet whether they were submitted. */
      readonly undecided?: readonly JobGroup[];
    }
  | { readonly ok: false; readonly refusal: Refusal };

/** Jobs that nobody wants any more. */
export interface CancelTarget {
  /** Of their group. */
  readonly name: string;
  /** null: nobody has asked for it since the service began; its jobs are known from a poll only. */
  readonly group: JobGroup | null;
  /** The scheduler's ids; null: the whole group. */
  readonly ids: readonly string[] | null;
}
