import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readTasks, type Tasks, unlessGone, writeTasks } from '../jobs/folder.ts';

/**
 * The folder of a job array, beside the batch files that it does: what `../jobs/folder.ts` says, `job.sh`, the script
 * of its tasks, and `task-<n>.log`, what Slurm and the shell say.
 */
export const ARRAY_FOLDER = /^slurm-([a-z0-9]{12})$/;
export const arrayFolderName = (arrayToken: string): string => `slurm-${arrayToken}`;

export const LOG_PATTERN = 'task-%a.log';
const logPath = (folder: string, task: number): string => join(folder, `task-${task}.log`);

export async function makeArrayFolder(folder: string, tasks: Tasks, script: string): Promise<void> {
  await mkdir(folder);
  await writeFile(join(folder, 'job.sh'), script, { mode: 0o755 });
  await writeTasks(folder, tasks);
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
