import type { Ending } from '../executor.ts';
import { listFolder, type Outcome, readOutcome } from '../jobs/folder.ts';
import type { GroupedBatch } from './batch-store.ts';
import { endSentence } from './ending-sentences.ts';

/**
 * Endings of batches, as reported by their jobs; lists each group's folder once. Also records which jobs have
 * begun. An interrupted batch has not ended: only the scheduler shows whether its job runs again.
 */
export async function reportedEndings<Grouped extends GroupedBatch>(
  batches: readonly Grouped[],
  title: string,
): Promise<{ batch: Grouped; ending: Ending }[]> {
  const endings: { batch: Grouped; ending: Ending }[] = [];
  for (const [group, members] of Map.groupBy(batches, (batch) => batch.group)) {
    const { ended, begun } = await listFolder(group.folder);
    for (const batch of members) batch.hasBegun ||= begun.has(batch.task);
    for (const batch of members.filter(({ token }) => ended.has(token))) {
      const outcome = await readOutcome(group.folder, batch.token);
      const ending = outcome && reportedEnding(batch, outcome, title);
      if (ending) endings.push({ batch, ending });
    }
  }
  return endings;
}

function reportedEnding(batch: GroupedBatch, outcome: Outcome, title: string): Ending | null {
  const { how, exitCode, signal, detail } = outcome;
  if (how === 'interrupted')
    return batch.isCancelRequested ? { how: 'cancelled', exitCode, signal, detail } : null;
  // The job ended because the service had given it up: the reason for that is reported.
  if (how === 'cancelled' && !batch.isCancelRequested && batch.grace) {
    const { how: reason } = batch.grace;
    return { how: reason, exitCode, signal, detail: endSentence(batch, reason, title) };
  }
  return { how, exitCode, signal, detail };
}
