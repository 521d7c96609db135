import { dirname } from 'node:path';
import type { Handle, Submission } from '../executor.ts';
import { isCancelRequested, readJobPlan, submissionOf } from '../jobs/folder.ts';
import type { Core } from './core.ts';
import { newGroup } from './plan.ts';

/**
 * Takes over the batches of an earlier service process. The plans next to their batch files list them, and
 * the names of the jobs follow from the folders. The next poll shows whether the jobs still exist.
 */
export async function adopt(core: Core, handles: readonly Handle[]): Promise<void> {
  const isUnknown = ({ token }: Handle) => !core.store.has(token);
  const unknownBatches = handles
    .filter(isUnknown)
    .flatMap(({ token, batchPath }) =>
      batchPath === undefined ? [] : [{ token, batchFolder: dirname(batchPath) }],
    );
  for (const [batchFolder, members] of Map.groupBy(unknownBatches, (handle) => handle.batchFolder)) {
    const tokens = members.map(({ token }) => token);
    const folders = await core.driver.layout.find(batchFolder);
    // A batch whose job was refused is in the plans of two groups, and is cancelled in the first.
    for (const folder of folders) await adoptFrom(core, folder, tokens, 'uncancelled');
    if (tokens.some((token) => !core.store.has(token)))
      for (const folder of folders) await adoptFrom(core, folder, tokens, 'all');
  }
}

async function adoptFrom(
  core: Core,
  folder: string,
  tokens: readonly string[],
  selection: 'uncancelled' | 'all',
): Promise<void> {
  const { store, driver, settings } = core;
  const tasks = (await readJobPlan(folder))?.tasks ?? [];
  const candidates: { submission: Submission; task: number }[] = [];
  for (const [i, members] of tasks.entries())
    for (const submission of members.map(submissionOf))
      if (
        tokens.includes(submission.token) &&
        (selection === 'all' || !(await isCancelRequested(folder, submission.token)))
      )
        candidates.push({ submission, task: i + 1 });
  const newEntries = candidates.filter(({ submission }) => !store.has(submission.token));
  if (newEntries.length === 0) return;
  const existingGroup = store.grouped().find((batch) => batch.group.folder === folder)?.group;
  const group = existingGroup ?? newGroup(settings, { name: driver.layout.nameOf(folder), folder, tasks });
  // Keep the folder of the group: its other batches may be polled later.
  group.isRemovable = false;
  for (const { submission, task } of newEntries) {
    const batch = store.add(submission);
    store.join(batch, group, task);
    store.move(batch, driver.recordsSubmissions ? 'adopted_unsure' : 'adopted');
  }
}
