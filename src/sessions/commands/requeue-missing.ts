import { listBelow } from '../../base/below.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';

/**
 * Requeues movies that are done according to the ledger, but have no record on disk or an unreadable one.
 * @returns their number
 */
export async function requeueMissing(
  { ledger, settings }: Context,
  { id, paths, unreadableRecords }: Session,
): Promise<number> {
  const records = new Set(await listBelow(paths.root, paths.results));
  const missing = ledger.movies
    .bases(id, 'done')
    .filter(({ base }) => !records.has(`${base}.json`) || unreadableRecords.has(base));
  ledger.transaction(() => {
    for (const { seq } of missing) ledger.movies.requeue(seq, settings.retry.attempts);
  });
  return missing.length;
}
