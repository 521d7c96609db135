import { constants } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import {
  listBelow,
  removeBelow,
  statusBelow,
  tryReadJsonBelow,
  withFolderBelow,
  writeBelow,
  writeJsonBelow,
} from '../../base/below.ts';
import type { Schema } from '../../base/json.ts';
import { isMissingOrStale, unlessMissing } from '../../base/missing-file.ts';
import { sessionFolderOf } from '../../contract/session-folders.ts';
import { ENDINGS, type Submission } from '../executor.ts';

/**
 * Files by which jobs on a cluster and the service communicate, in a folder shared by all nodes: `tasks.json`
 * (the plan: the batches of each job), `<task>.run` (the current run of a task, touched as a heartbeat),
 * `<token>.end` (how a batch ended), `<token>.cancel` (the batch must not run). Each is written atomically.
 * No link in the session is followed; a file or folder that is a link counts as missing.
 */

const JOB_PLAN_FILE = 'tasks.json';
export const JOB_PLAN_VERSION = 1;
const RUN_SUFFIX = '.run';
const OUTCOME_SUFFIX = '.end';
export const runPath = (folder: string, task: number): string => join(folder, `${task}${RUN_SUFFIX}`);
const outcomePath = (folder: string, token: string) => join(folder, `${token}${OUTCOME_SUFFIX}`);
const cancelPath = (folder: string, token: string) => join(folder, `${token}.cancel`);

const jobPlanSchema = z.object({
  version: z.literal(JOB_PLAN_VERSION),
  /** Program and arguments before the path of a batch. */
  command: z.array(z.string()).min(1),
  threads: z.number().int().min(1).nullable(),
  graceMs: z.number(),
  heartbeatMs: z.number(),
  /** Batches of each task; the first task has number 1. */
  tasks: z.array(
    z
      .array(
        z.object({
          token: z.string(),
          batchPath: z.string(),
          logPath: z.string(),
          /** `heartbeatTimeoutMs` of the submission. Absent in plans of earlier versions. */
          silenceLimitMs: z.number().positive().optional(),
        }),
      )
      .min(1),
  ),
});
export type JobPlan = z.infer<typeof jobPlanSchema>;
type TaskEntry = JobPlan['tasks'][number][number];

/** How a batch ended in a job. `interrupted`: the job was asked to stop; only the scheduler knows why. */
const outcomeSchema = z.object({
  token: z.string(),
  run: z.string(),
  how: z.enum([...ENDINGS, 'interrupted']),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  detail: z.string(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** The current run of a task. A run ends when it finds that another run has replaced it. */
const runSchema = z.object({ run: z.string(), node: z.string(), jobId: z.string() });
export type TaskRun = z.infer<typeof runSchema>;

/**
 * The plan of the jobs, written last: a folder without this file does not belong to a group of jobs.
 */
export const writeJobPlan = (folder: string, plan: JobPlan): Promise<void> =>
  writeJson(join(folder, JOB_PLAN_FILE), plan);

/** null: the folder does not belong to a group of jobs, or was deleted. */
export const readJobPlan = (folder: string): Promise<JobPlan | null> =>
  read(join(folder, JOB_PLAN_FILE), jobPlanSchema);

export const writeOutcome = (folder: string, outcome: Outcome): Promise<void> =>
  writeJson(outcomePath(folder, outcome.token), outcome);
export const readOutcome = (folder: string, token: string): Promise<Outcome | null> =>
  read(outcomePath(folder, token), outcomeSchema);

/** Removes the outcome of an earlier, interrupted run, which does not apply to this run. */
export const removeOutcome = (folder: string, token: string): Promise<void> =>
  removeBelow(sessionFolderOf(folder), outcomePath(folder, token));

export const writeRun = (folder: string, task: number, run: TaskRun): Promise<void> =>
  writeJson(runPath(folder, task), run);
export const readRun = (folder: string, task: number): Promise<TaskRun | null> =>
  read(runPath(folder, task), runSchema);

/**
 * Writes the cancel file of a batch: a job that has not started the batch will not start it, and a job that
 * is running the batch stops it.
 */
export const requestCancel = (folder: string, token: string): Promise<void> =>
  unlessMissing(
    writeBelow(sessionFolderOf(folder), cancelPath(folder, token), ''),
    undefined,
    isMissingOrStale,
  );
export const isCancelRequested = async (folder: string, token: string): Promise<boolean> =>
  (await modifiedMs(cancelPath(folder, token))) !== null;

/** Updates the heartbeat of a task. @throws the file system's error */
export const touchRun = (folder: string, task: number): Promise<void> =>
  withFolderBelow(sessionFolderOf(folder), folder, async (opened) => {
    await using file = await opened.openFile(basename(runPath(folder, task)), constants.O_WRONLY);
    await file.utimes(new Date(), new Date());
  });

/** Time of the last heartbeat of a task, by the clock of the file server; null: it has not begun. */
export const lastHeartbeat = (folder: string, task: number): Promise<number | null> =>
  modifiedMs(runPath(folder, task));

/** State of the folder from one listing: which batches have an outcome, which tasks have begun. */
export async function listFolder(folder: string): Promise<{ ended: Set<string>; begun: Set<number> }> {
  const names = await listBelow(sessionFolderOf(folder), folder, isMissingOrStale);
  const namesWithout = (suffix: string) =>
    names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
  return {
    ended: new Set(namesWithout(OUTCOME_SUFFIX)),
    begun: new Set(namesWithout(RUN_SUFFIX).map(Number)),
  };
}

/** The entry of a submission in the plan. */
export const entryOf = ({ token, batchPath, logPath, heartbeatTimeoutMs }: Submission): TaskEntry => ({
  token,
  batchPath,
  logPath,
  ...(heartbeatTimeoutMs === undefined ? {} : { silenceLimitMs: heartbeatTimeoutMs }),
});

/** The submission of an entry in a plan. */
export const submissionOf = ({ token, batchPath, logPath, silenceLimitMs }: TaskEntry): Submission => ({
  token,
  batchPath,
  logPath,
  ...(silenceLimitMs === undefined ? {} : { heartbeatTimeoutMs: silenceLimitMs }),
});

/** null if there is none, or if it is damaged or has another version. */
const read = <Value>(path: string, schema: Schema<Value>): Promise<Value | null> =>
  tryReadJsonBelow(sessionFolderOf(path), path, schema, isMissingOrStale);

const writeJson = (path: string, value: unknown): Promise<void> =>
  writeJsonBelow(sessionFolderOf(path), path, value);

const modifiedMs = async (path: string): Promise<number | null> =>
  (await statusBelow(sessionFolderOf(path), path, isMissingOrStale))?.mtimeMs ?? null;
