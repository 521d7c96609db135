import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ENDINGS, type Submission } from '../executor.ts';

/**
 * What a job array and the service write for each other, in a folder beside the batch files that the array does:
 * `tasks.json` and `job.sh` (what is to be done), `<task>.run` (which run of a task has it, touched as a sign of life),
 * `<token>.end` (how a batch ended), `<token>.cancel` (it must not run), `task-<n>.log` (what Slurm and the shell say).
 * Each is written whole or not at all.
 */
export const ARRAY_FOLDER = /^slurm-([a-z0-9]{12})$/;
export const arrayFolderName = (arrayToken: string): string => `slurm-${arrayToken}`;

const TASKS = 'tasks.json';
export const LOG_PATTERN = 'task-%a.log';
export const logPath = (folder: string, task: number): string => join(folder, `task-${task}.log`);
export const runPath = (folder: string, task: number): string => join(folder, `${task}.run`);
const endPath = (folder: string, token: string) => join(folder, `${token}.end`);
const cancelPath = (folder: string, token: string) => join(folder, `${token}.cancel`);

const tasksSchema = z.object({
  version: z.literal(1),
  /** Program and arguments before the path of a batch. */
  command: z.array(z.string()).min(1),
  threads: z.number().int().min(1).nullable(),
  graceMs: z.number(),
  beatMs: z.number(),
  /** Batches of each task, the first of which is number 1. */
  tasks: z.array(z.array(z.object({ token: z.string(), batchPath: z.string(), logPath: z.string() })).min(1)),
});
export type Tasks = z.infer<typeof tasksSchema>;

/** How a batch ended in a job. `interrupted`: the job was told to end, and Slurm knows why. */
const outcomeSchema = z.object({
  token: z.string(),
  run: z.string(),
  how: z.enum([...ENDINGS, 'interrupted']),
  exitCode: z.number().int().nullable(),
  signal: z.string().nullable(),
  detail: z.string(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** Which run of a task has it: another one that finds its place taken ends. */
const runSchema = z.object({ run: z.string(), node: z.string(), jobId: z.string() });
export type TaskRun = z.infer<typeof runSchema>;

export async function makeArrayFolder(folder: string, tasks: Tasks, script: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, 'job.sh'), script, { mode: 0o755 });
  await writeWhole(join(folder, TASKS), tasks);
}

/** null: it is no array of ours, or is gone. */
export const readTasks = (folder: string): Promise<Tasks | null> =>
  readWhole(join(folder, TASKS), tasksSchema);

export const writeOutcome = (folder: string, outcome: Outcome): Promise<void> =>
  writeWhole(endPath(folder, outcome.token), outcome);
export const readOutcome = (folder: string, token: string): Promise<Outcome | null> =>
  readWhole(endPath(folder, token), outcomeSchema);

export const writeRun = (folder: string, task: number, run: TaskRun): Promise<void> =>
  writeWhole(runPath(folder, task), run);
export const readRun = (folder: string, task: number): Promise<TaskRun | null> =>
  readWhole(runPath(folder, task), runSchema);

/** Forbids a batch to run: a job that has not begun it will not, and one that has ends it. */
export const forbid = (folder: string, token: string): Promise<void> =>
  unlessGone(writeFile(cancelPath(folder, token), ''), undefined);
export const isForbidden = (folder: string, token: string): Promise<boolean> =>
  unlessGone(
    stat(cancelPath(folder, token)).then(() => true),
    false,
  );

/** When a task last gave a sign of life, by the clock of the file server; null: it has not begun. */
export const lastBeat = (folder: string, task: number): Promise<number | null> =>
  unlessGone(
    stat(runPath(folder, task)).then(({ mtimeMs }) => mtimeMs),
    null,
  );

/** What lies in the folder of an array, in one look: which batches have an outcome, which tasks have begun. */
export async function lookInto(folder: string): Promise<{ ended: Set<string>; begun: Set<number> }> {
  const names = await unlessGone(readdir(folder), []);
  const without = (ending: string) =>
    names.filter((name) => name.endsWith(ending)).map((name) => name.slice(0, -ending.length));
  return { ended: new Set(without('.end')), begun: new Set(without('.run').map(Number)) };
}

/** The last lines of what Slurm and the shell wrote for a task, '' where there is nothing. */
export async function readLogTail(folder: string, task: number): Promise<string> {
  const text = await unlessGone(readFile(logPath(folder, task), 'utf8'), '');
  return text.slice(-4000);
}

/** The arrays whose folders lie beside these batch files. */
export async function arraysBeside(
  batchFolder: string,
): Promise<{ arrayToken: string; folder: string; tasks: Tasks }[]> {
  const names = (await unlessGone(readdir(batchFolder), [])).filter((name) => ARRAY_FOLDER.test(name));
  const found = await Promise.all(
    names.map(async (name) => {
      const folder = join(batchFolder, name);
      return { arrayToken: name.slice('slurm-'.length), folder, tasks: await readTasks(folder) };
    }),
  );
  return found.flatMap(({ tasks, ...rest }) => (tasks ? [{ ...rest, tasks }] : []));
}

export const entryOf = ({ token, batchPath, logPath: log }: Submission) => ({
  token,
  batchPath,
  logPath: log,
});

async function writeWhole(path: string, content: object): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(content)}\n`);
  await rename(temporary, path);
}

async function readWhole<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.infer<Schema> | null> {
  const text = await unlessGone(readFile(path, 'utf8'), null);
  if (text === null) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // of another version, or damaged: as good as none
  }
}

async function unlessGone<T>(work: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESTALE') return otherwise;
    throw error;
  }
}
