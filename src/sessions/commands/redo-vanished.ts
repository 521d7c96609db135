import { listBelow } from '../../base/below.ts';
import type { Context } from '../context.ts';
import type { SessionRef } from '../session-ref.ts';

/** Movies that are done in the ledger but whose records are missing are reprocessed. Returns their number. */
export async function redoVanished(
  { ledger, settings }: Context,
  { id, paths }: SessionRef,
): Promise<number> {
  const records = new Set(await listBelow(paths.root, paths.results));
  const gone = ledger.movies.bases(id, 'done').filter(({ base }) => !records.has(`${base}.json`));
  ledger.transaction(() => {
    for (const { seq } of gone) ledger.movies.again(seq, settings.retry.attempts);
  });
  return gone.length;
}
