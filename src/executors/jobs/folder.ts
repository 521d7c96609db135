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
 * What jobs on a cluster and the service write for each other, in a folder that all nodes see: `tasks.json` (the plan:
 * what each job does), `<task>.run` (which run of a task has it, touched as a sign of life), `<token>.end` (how a batch
 * ended), `<token>.cancel` (it must not run). Each is written whole or not at all.
 */
const TASKS = 'tasks.json';
export const TASKS_VERSION = 1;
const RUN_ENDING = '.run';
const OUTCOME_ENDING = '.end';
export const runPath = (folder: string, task: number): string => join(folder, `${task}${RUN_ENDING}`);
const outcomePath = (folder: string, token: string) => join(folder, `${token}${OUTCOME_ENDING}`);
const cancelPath = (folder: string, token: string) => join(folder, `${token}.cancel`);

const tasksSchema = z.object({
  version: z.literal(TASKS_VERSION),
  /** Program and arguments before the path of a batch. */
  command: z.array(z.string()).min(1),
  threads: z.number().int().min(1).nullable(),
  graceMs: z.number(),
  beatMs: z.number(),
  /** Batches of each task, the first of which is number 1. */
  tasks: z.array(z.array(z.object({ token: z.string(), batchPath: z.string(), logPath: z.string() })).min(1)),
});
export type Tasks = z.infer<typeof tasksSchema>;

/** How a batch ended in a job. `interrupted`: the job was told to end, and the cluster knows why. */
const outcomeSchema = z.object({
  token: z.string(),
  run: z.string(),
  how: z.enum([...ENDINGS, 'interrupted']),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  detail: z.string(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** Which run of a task has it: another one that finds itself replaced ends. */
const runSchema = z.object({ run: z.string(), node: z.string(), jobId: z.string() });
export type TaskRun = z.infer<typeof runSchema>;

/** The plan of the jobs, written last: a folder without it is none of ours. */
export const writeTasks = (folder: string, tasks: Tasks): Promise<void> =>
  writeJsonAtomic(join(folder, TASKS), tasks);

/** null: it is no folder of ours, or is gone. */
export const readTasks = (folder: string): Promise<Tasks | null> => read(join(folder, TASKS), tasksSchema);

export const writeOutcome = (folder: string, outcome: Outcome): Promise<void> =>
  writeJsonAtomic(outcomePath(folder, outcome.token), outcome);
export const readOutcome = (folder: string, token: string): Promise<Outcome | null> =>
  read(outcomePath(folder, token), outcomeSchema);

/** What an earlier run has left when it was interrupted says nothing of this one. */
export const removeOutcome = (folder: string, token: string): Promise<void> =>
  removeBelow(folder, [], basename(outcomePath(folder, token)));

export const writeRun = (folder: string, task: number, run: TaskRun): Promise<void> =>
  writeJsonAtomic(runPath(folder, task), run);
export const readRun = (folder: string, task: number): Promise<TaskRun | null> =>
  read(runPath(folder, task), runSchema);

/** Forbids a batch to run: a job that has not begun it will not, and one that has ends it. */
export const requestCancel = (folder: string, token: string): Promise<void> =>
  unlessMissing(writeDurably(cancelPath(folder, token), ''), undefined, isMissingOrStale);
export const isCancelRequested = async (folder: string, token: string): Promise<boolean> =>
  (await modifiedMs(cancelPath(folder, token))) !== null;

/** When a task last gave a sign of life, by the clock of the file server; null: it has not begun. */
export const lastBeat = (folder: string, task: number): Promise<number | null> =>
  modifiedMs(runPath(folder, task));

/** What lies in the folder, in one look: which batches have an outcome, which tasks have begun. */
export async function lookInto(folder: string): Promise<{ ended: Set<string>; begun: Set<number> }> {
  const names = await unlessMissing(readdir(folder), [], isMissingOrStale);
  const without = (ending: string) =>
    names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
  return { ended: new Set(without(OUTCOME_ENDING)), begun: new Set(without(RUN_ENDING).map(Number)) };
}

/** What the plan holds of a submission. */
export const entryOf = ({ token, batchPath, logPath }: Submission): Submission => ({
  token,
  batchPath,
  logPath,
});

/** null as well where it is damaged or of another version: as good as none. */
const read = <Value>(path: string, schema: Schema<Value>): Promise<Value | null> =>
  tryReadJsonFile(path, schema, isMissingOrStale);

const modifiedMs = (path: string): Promise<number | null> =>
  unlessMissing(
    stat(path).then(({ mtimeMs }) => mtimeMs),
    null,
    isMissingOrStale,
  );
