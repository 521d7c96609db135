import { listNames } from '../../base/list-names.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';

/**
 * Movies that are done in the ledger but whose records are missing or unreadable are reprocessed. Returns
 * their number.
 */
export async function redoVanished(
  { ledger, settings }: Context,
  { id, paths, unreadable }: Session,
): Promise<number> {
  const records = new Set(await listNames(paths.results));
  const gone = ledger.movies
    .bases(id, 'done')
    .filter(({ base }) => !records.has(`${base}.json`) || unreadable.has(base));
  ledger.transaction(() => {
    for (const { seq } of gone) ledger.movies.again(seq, settings.retry.attempts);
  });
  return gone.length;
}
