import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { entryOf } from '../jobs/folder.ts';
import { jobScript } from '../jobs/script.ts';
import { arrayFolderName, LOG_PATTERN, makeArrayFolder } from './array-folder.ts';
import { type Batch, type JobArray, openTasks } from './batches.ts';
import { type Answer, runSlurm } from './commands.ts';
import { type SlurmSettings, sbatchArguments } from './settings.ts';

/** Begins the names of our jobs. */
export const jobPrefix = (settings: Pick<SlurmSettings, 'site'>): string => `cryoem-${settings.site}-`;

export interface PlannedArray {
  /** Of the batch files, where the array's own folder goes. */
  readonly batchFolder: string;
  readonly tasks: readonly (readonly Batch[])[];
}

/**
 * Batches of one cycle go into one array, so many to a task, as far as there is room for jobs.
 * @param mostTasks - of an array
 */
export function planArrays(
  waiting: readonly Batch[],
  open: readonly Batch[],
  { maxJobs, moviesPerJob }: Pick<SlurmSettings, 'maxJobs' | 'moviesPerJob'>,
  mostTasks: number,
): PlannedArray[] {
  let room = maxJobs - openTasks(open).size;
  const planned: PlannedArray[] = [];
  for (const [batchFolder, batches] of Map.groupBy(waiting, (b) => dirname(b.submission.batchPath))) {
    const tasks: Batch[][] = [];
    for (let from = 0; from < batches.length && room > 0; from += moviesPerJob, room--)
      tasks.push(batches.slice(from, from + moviesPerJob));
    for (let from = 0; from < tasks.length; from += mostTasks)
      planned.push({ batchFolder, tasks: tasks.slice(from, from + mostTasks) });
  }
  return planned;
}

/** The files of an array, ready to be submitted. Its batches belong to it from now on. */
export async function prepareArray(settings: SlurmSettings, planned: PlannedArray): Promise<JobArray> {
  const arrayToken = randomBytes(6).toString('hex');
  const folder = join(planned.batchFolder, arrayFolderName(arrayToken));
  const { installDir, node, template, environment, threads, times } = settings;
  const command = settings.command ?? [node, join(installDir, 'bin', 'cryoem'), 'process'];
  const runner = join(installDir, 'src', 'executors', 'jobs', 'runner.ts');
  const tasks = {
    ...{ version: 1 as const, command: [...command], threads, graceMs: times.graceMs, beatMs: times.beatMs },
    tasks: planned.tasks.map((batches) => batches.map(({ submission }) => entryOf(submission))),
  };
  await makeArrayFolder(folder, tasks, jobScript(template, environment, [node, runner, folder]));
  const array: JobArray = {
    name: jobPrefix(settings) + arrayToken,
    folder,
    tasks: planned.tasks.map((batches) => batches.map(({ token }) => token)),
    id: null,
    isAccepted: false,
    isUnderWay: true,
    left: planned.tasks.flat().length,
    isWell: true,
  };
  for (const [i, batches] of planned.tasks.entries())
    for (const batch of batches) Object.assign(batch, { array, task: i + 1 });
  return array;
}

/** One sbatch for the whole array. */
export async function submitArray(settings: SlurmSettings, array: JobArray): Promise<Answer> {
  const answer = await runSlurm(settings.commands, 'sbatch', [
    '--parsable',
    ...sbatchArguments(settings),
    `--job-name=${array.name}`,
    `--array=1-${array.tasks.length}`,
    // Relative to --chdir, so that no character of a path has a meaning of its own there.
    `--chdir=${array.folder}`,
    `--output=${LOG_PATTERN}`,
    join(array.folder, 'job.sh'),
  ]);
  array.isUnderWay = false;
  if (!answer.ok) return answer;
  array.id = /^(\d+)/.exec(answer.stdout.trim())?.[1] ?? null;
  array.isAccepted = true;
  return answer;
}

/** Takes a refused array apart: its batches wait again. */
export async function dissolve(array: JobArray, batches: Iterable<Batch>): Promise<void> {
  for (const batch of batches) if (batch.array === array) Object.assign(batch, { array: null, task: 0 });
  await rm(array.folder, { recursive: true, force: true });
}
