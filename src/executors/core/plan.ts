import { dirname, join } from 'node:path';
import { entryOf, JOB_PLAN_VERSION, type JobPlan } from '../jobs/folder.ts';
import { type Batch, isGrouped, keyOf, type OpenGroup } from './batch-store.ts';
import type { CoreSettings } from './settings.ts';

/** The batches of a future group, by job. */
export interface PlannedGroup {
  /** Folder of the batch files, next to which the folder of the group is created. */
  readonly batchFolder: string;
  readonly tasks: readonly (readonly Batch[])[];
}

/**
 * Assigns the batches of each folder to jobs, with a fixed number of batches per job, up to the maximum
 * number of jobs; and these jobs to groups.
 * @param open - all batches that have not ended; each job with such batches counts towards the maximum
 * @param maxJobsPerGroup - 1 or more
 */
export function planGroups(
  waiting: readonly Batch[],
  open: readonly Batch[],
  { maxJobs, batchesPerJob }: Pick<CoreSettings, 'maxJobs' | 'batchesPerJob'>,
  maxJobsPerGroup: number,
): PlannedGroup[] {
  let freeJobs = (maxJobs ?? Number.POSITIVE_INFINITY) - openJobCount(open);
  const planned: PlannedGroup[] = [];
  for (const [batchFolder, batches] of Map.groupBy(waiting, folderOf)) {
    const tasks: Batch[][] = [];
    for (let from = 0; from < batches.length && freeJobs > 0; from += batchesPerJob, freeJobs--)
      tasks.push(batches.slice(from, from + batchesPerJob));
    for (let from = 0; from < tasks.length; from += maxJobsPerGroup)
      planned.push({ batchFolder, tasks: tasks.slice(from, from + maxJobsPerGroup) });
  }
  return planned;
}

export const folderOf = ({ submission }: Batch): string => dirname(submission.batchPath);

/** Number of jobs with a batch that has not ended. */
const openJobCount = (open: readonly Batch[]): number => new Set(open.filter(isGrouped).map(keyOf)).size;

/** The plan that the jobs of a group read. */
export function jobPlanOf(settings: CoreSettings, planned: PlannedGroup): JobPlan {
  const { installDir, node, threads, times } = settings;
  const command = settings.command ?? [node, join(installDir, 'bin', 'cryoem'), 'process'];
  return {
    version: JOB_PLAN_VERSION,
    command: [...command],
    threads,
    graceMs: times.graceMs,
    heartbeatMs: times.heartbeatMs,
    tasks: planned.tasks.map((batches) => batches.map(({ submission }) => entryOf(submission))),
  };
}

/** A group for this folder; its batches are added with `BatchStore.join`. */
export function newGroup(
  { node, installDir }: Pick<CoreSettings, 'node' | 'installDir'>,
  { name, folder, tasks }: Pick<OpenGroup, 'name' | 'folder' | 'tasks'>,
): OpenGroup {
  const runner = join(installDir, 'src', 'executors', 'jobs', 'runner.ts');
  const ids = tasks.map(() => null);
  return { name, folder, tasks, ids, command: [node, runner, folder], openCount: 0, isRemovable: true };
}
