import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { writeJsonAtomic } from '../../base/atomic-file.ts';
import { writeDurably } from '../../base/durable-file.ts';
import type { Schema } from '../../base/json.ts';
import { tryReadJsonFile } from '../../base/json-file.ts';
import { isMissingOrStale, unlessMissing } from '../../base/missing-file.ts';
import { removeBelow } from '../../base/real-folder.ts';
import { ENDINGS, type Submission } from '../executor.ts';

/**
 * Files by which jobs on a cluster and the service communicate, in a folder that all nodes can read:
 * `tasks.json` (the plan: the batches of each job), `<task>.run` (the current run of a task, touched as a
 * heartbeat), `<token>.end` (how a batch ended), `<token>.cancel` (the batch must not run). Each is written
 * atomically.
 */
const TASKS = 'tasks.json';
export const TASKS_VERSION = 1;
const RUN_SUFFIX = '.run';
const OUTCOME_SUFFIX = '.end';
export const runPath = (folder: string, task: number): string => join(folder, `${task}${RUN_SUFFIX}`);
const outcomePath = (folder: string, token: string) => join(folder, `${token}${OUTCOME_SUFFIX}`);
const cancelPath = (folder: string, token: string) => join(folder, `${token}.cancel`);

const tasksSchema = z.object({
  version: z.literal(TASKS_VERSION),
  /** Program and arguments before the path of a batch. */
  command: z.array(z.string()).min(1),
  threads: z.number().int().min(1).nullable(),
  graceMs: z.number(),
  heartbeatMs: z.number(),
  /** Batches of each task; the first task has number 1. */
  tasks: z.array(z.array(z.object({ token: z.string(), batchPath: z.string(), logPath: z.string() })).min(1)),
});
export type Tasks = z.infer<typeof tasksSchema>;

/**
 * How a batch ended in a job. `interrupted`: the job was asked to stop, for a reason known to the cluster.
 */
const outcomeSchema = z.object({
  token: z.string(),
  run: z.string(),
  how: z.enum([...ENDINGS, 'interrupted']),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  detail: z.string(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** The current run of a task. A run ends when it finds another run in this file. */
const runSchema = z.object({ run: z.string(), node: z.string(), jobId: z.string() });
export type TaskRun = z.infer<typeof runSchema>;

/**
 * Writes the plan of the jobs, after all other files: a folder without a plan is not a group of this service.
 */
export const writeTasks = (folder: string, tasks: Tasks): Promise<void> =>
  writeJsonAtomic(join(folder, TASKS), tasks);

/** null: not a group of this service, or deleted. */
export const readTasks = (folder: string): Promise<Tasks | null> => read(join(folder, TASKS), tasksSchema);

export const writeOutcome = (folder: string, outcome: Outcome): Promise<void> =>
  writeJsonAtomic(outcomePath(folder, outcome.token), outcome);
export const readOutcome = (folder: string, token: string): Promise<Outcome | null> =>
  read(outcomePath(folder, token), outcomeSchema);

/** Removes the outcome of an earlier, interrupted run, which does not apply to this run. */
export const removeOutcome = (folder: string, token: string): Promise<void> =>
  removeBelow(folder, [], basename(outcomePath(folder, token)));

export const writeRun = (folder: string, task: number, run: TaskRun): Promise<void> =>
  writeJsonAtomic(runPath(folder, task), run);
export const readRun = (folder: string, task: number): Promise<TaskRun | null> =>
  read(runPath(folder, task), runSchema);

/**
 * Writes the cancel file of a batch: its job does not start the batch, or ends it.
 */
export const requestCancel = (folder: string, token: string): Promise<void> =>
  unlessMissing(writeDurably(cancelPath(folder, token), ''), undefined, isMissingOrStale);
export const isCancelRequested = async (folder: string, token: string): Promise<boolean> =>
  (await modifiedMs(cancelPath(folder, token))) !== null;

/** Time of the last heartbeat of a task, by the clock of the file server; null: the task has not begun. */
export const lastHeartbeat = (folder: string, task: number): Promise<number | null> =>
  modifiedMs(runPath(folder, task));

/** State of the folder from one listing: which batches have an outcome, which tasks have begun. */
export async function listFolder(folder: string): Promise<{ ended: Set<string>; begun: Set<number> }> {
  const names = await unlessMissing(readdir(folder), [], isMissingOrStale);
  const stemsWith = (suffix: string) =>
    names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
  return { ended: new Set(stemsWith(OUTCOME_SUFFIX)), begun: new Set(stemsWith(RUN_SUFFIX).map(Number)) };
}

/** The data of a submission in the plan. */
export const entryOf = ({ token, batchPath, logPath }: Submission): Submission => ({
  token,
  batchPath,
  logPath,
});

/** Also null if the file is damaged or has another version. */
const read = <Value>(path: string, schema: Schema<Value>): Promise<Value | null> =>
  tryReadJsonFile(path, schema, isMissingOrStale);

const modifiedMs = (path: string): Promise<number | null> =>
  unlessMissing(
    stat(path).then(({ mtimeMs }) => mtimeMs),
    null,
    isMissingOrStale,
  );
