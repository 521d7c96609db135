import type { Ending, Finding } from '../executor.ts';
import type { JobPlan } from '../jobs/folder.ts';

/**
 * The driver of a scheduler, used by the core: it submits, polls and cancels jobs, and reports the health of
 * the scheduler. Everything else (states, grace periods, adoption after a restart, limits, back-off) is in
 * the core and the same for all schedulers. Only methods whose comment lists errors may throw. `README.md` of
 * `executors/` has a complete driver.
 */
export interface SchedulerDriver {
  /** Name in the config file, in batch files and in handles, such as `slurm`. */
  readonly name: string;
  /** Name in sentences for users. */
  readonly title: string;
  /** Location of group folders and names of their jobs; usually `tokenLayout(name, serviceId)`. */
  readonly layout: GroupLayout;
  /**
   * True if the folder of a group shows whether it was submitted: then a group that was refused, or that an
   * earlier service process left partly submitted, is submitted again unchanged. Otherwise its batches are
   * moved to another group.
   */
  readonly recordsSubmissions?: boolean;
  /**
   * Whether the scheduler responds, if `poll` does not show this because it only reads files; absent: the
   * polls show it.
   */
  readonly probe?: {
    readonly refusal: Refusal | null;
    /** Since when it has not responded, wall clock; null: it responds. */
    readonly sinceMs: number | null;
  };
  /** Message in the log of a job that was killed because it exceeded its memory. */
  readonly outOfMemory?: RegExp;

  /** Checks whether jobs can process a batch file at this path. @throws CodedError if they cannot */
  assertUsable?(batchPath: string): void;
  /** Files that the folder of a group needs in addition to its plan, before `submit`. @throws CodedError */
  files(group: JobGroup): Promise<readonly GroupFile[]> | readonly GroupFile[];
  /** Submits all jobs of a group: job n runs `[...group.command, n]`. */
  submit(group: JobGroup): Promise<SubmitResult>;
  /**
   * The scheduler's state of all jobs of this service, in one request. Jobs that the service does not
   * recognize are orphans.
   */
  poll(jobs: readonly Job[]): Promise<PollResult>;
  /** Accounting records of groups that `poll` no longer returns; absent: there is no accounting. */
  lookUp?(groups: readonly JobGroup[]): Promise<readonly JobReport[]>;
  /** Ends waiting or running jobs. @returns why this failed; null on success */
  cancel(targets: readonly CancelTarget[]): Promise<Refusal | null>;
  /** Why jobs make no progress, one sentence per reason; absent: only the health is reported. */
  problems?(jobs: readonly (Job & JobView)[]): readonly string[];
  /** Checks within seconds whether jobs can run. */
  check(): Promise<readonly Finding[]>;
  /** null: not known. */
  version(): Promise<string | null>;
}

/** The jobs that are submitted by one call to `submit`. */
export interface JobGroup {
  /** Name by which the jobs are found again; with `tokenLayout`, only letters, digits and `. _ = -`. */
  readonly name: string;
  /** Contains all files that the jobs read and write; on a file system that is mounted on the nodes. */
  readonly folder: string;
  /** The batches of each job; the first job has number 1. */
  readonly tasks: JobPlan['tasks'];
  /** Runs a job on its node; the number of the job is appended. */
  readonly command: readonly string[];
  /** The scheduler's id of each job, from `submit` or the last report; null until it is known. */
  readonly ids: (string | null)[];
}

/** Where the folders of groups are, relative to their batch files, and how their jobs are named. */
export interface GroupLayout {
  /** Path for a new group; the folder itself is created when its files are written. */
  claim(batchFolder: string): Promise<string>;
  /** Folders that may belong to groups with batches in this folder. */
  find(batchFolder: string): Promise<string[]>;
  /** Name of the jobs of a group in the scheduler. */
  nameOf(folder: string): string;
  /**
   * Removes the files of a group that are no longer needed, because the group was refused or all of its
   * batches succeeded.
   */
  discard(folder: string): Promise<void>;
}

/** A job of a group that has open batches. */
export interface Job {
  readonly group: JobGroup;
  /** From 1. */
  readonly task: number;
  /** Whether the job has begun, according to the job itself. */
  readonly hasBegun: boolean;
}

/** The last report about a job. */
export interface JobView {
  readonly report: JobReport | null;
  readonly isRequeued: boolean;
}

export interface GroupFile {
  readonly name: string;
  readonly content: string;
  readonly isProgram?: boolean;
}

/**
 * Phase of a job, or how it ended; `returned`: it never began, and must be submitted again unchanged.
 */
export type Phase = 'waiting' | 'running' | 'returned' | Ending['how'];

/**
 * Which processes of a job may still be running although the job has ended according to the scheduler, for
 * example on a node that the scheduler cannot reach.
 */
export type StillRunning =
  /** Nothing: the scheduler has ended all processes. */
  | 'nothing'
  /** An earlier process, which is no longer wanted. */
  | 'old_process'
  /** Perhaps the whole job: the scheduler has only lost its record of the job. */
  | 'whole_job';

/** A job as shown by the scheduler. */
export interface JobReport {
  /** Name of the group, and number of the job in the group. */
  readonly group: string;
  readonly task: number;
  readonly phase: Phase;
  /** Job id in the form that users know. */
  readonly id: string | null;
  readonly node: string | null;
  /** The scheduler's reason why the job is waiting or has ended. */
  readonly reason: string | null;
  /** A sentence about the end of the job, instead of the usual one. */
  readonly detail?: string;
  /** Absent: the usual value for such an end. */
  readonly mayStillRun?: StillRunning;
  /** Whether the scheduler is ending the job, although it shows the job as running. */
  readonly isEnding?: boolean;
  /** Whether the scheduler has suspended the running job, so that it writes no heartbeats. */
  readonly isSuspended?: boolean;
}

/** Why a command failed. */
export interface Refusal {
  /**
   * `unreachable`: there was no response, and the command may have been executed anyway. `full`: there is no
   * room for this many jobs now. `too_large`: a group of this size is never accepted. `later`: not possible
   * yet, although nothing is wrong. `refused`: anything else.
   */
  readonly kind: 'unreachable' | 'full' | 'too_large' | 'later' | 'refused';
  /** One sentence for users. */
  readonly text: string;
}

export type SubmitResult =
  | { readonly ok: true; readonly ids?: readonly string[] }
  | { readonly ok: false; readonly refusal: Refusal };

export type PollResult =
  | {
      readonly ok: true;
      readonly reports: readonly JobReport[];
      /** Groups for which it is not yet known whether they were submitted. */
      readonly undecided?: readonly JobGroup[];
    }
  | { readonly ok: false; readonly refusal: Refusal };

/** Jobs that must be cancelled. */
export interface CancelTarget {
  /** Name of their group. */
  readonly name: string;
  /** null: an orphan, known only from a poll. */
  readonly group: JobGroup | null;
  /** The scheduler's ids; null: the whole group. */
  readonly ids: readonly string[] | null;
}
