import { dirname } from 'node:path';
import type { Handle } from '../executor.ts';
import { arraysBeside } from './array-folder.ts';
import type { Batches, JobArray } from './batches.ts';
import type { SlurmSettings } from './settings.ts';
import { jobPrefix } from './submit.ts';

/**
 * Finds batches of an earlier service again by what lies beside their files, without any number of Slurm: the names of
 * their jobs follow from it. Whether the jobs are still there is for the next question to Slurm to say.
 */
export async function adopt(
  settings: SlurmSettings,
  batches: Batches,
  handles: readonly Handle[],
): Promise<void> {
  const unknown = handles.filter(({ token, batchPath }) => batchPath !== undefined && !batches.knows(token));
  const folders = Map.groupBy(unknown, ({ batchPath }) => dirname(batchPath!));
  for (const [batchFolder, members] of folders) {
    const wanted = new Map(members.map((handle) => [handle.token, handle]));
    for (const { arrayToken, folder, tasks } of await arraysBeside(batchFolder)) {
      const tokens = tasks.tasks.map((task) => task.map(({ token }) => token));
      const left = tokens.flat().filter((token) => wanted.has(token) && !batches.knows(token));
      if (left.length === 0) continue;
      const name = jobPrefix(settings) + arrayToken;
      // Other batches of it may be asked for later: its folder stays.
      const array: JobArray = batches.submitted().find((batch) => batch.array.name === name)?.array ?? {
        ...{ name, folder, tasks: tokens, id: null, isAccepted: true },
        ...{ isUnderWay: false, left: 0, isWell: false },
      };
      array.left += left.length;
      for (const [i, task] of tasks.tasks.entries())
        for (const submission of task)
          if (left.includes(submission.token)) Object.assign(batches.add(submission), { array, task: i + 1 });
    }
  }
}
