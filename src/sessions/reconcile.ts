import { existsSync } from 'node:fs';
import { listNames } from '../base/list-names.ts';
import type { Context } from './context.ts';
import { isWanted, type Session } from './session.ts';

const doneFor = (session: Session): string => `done for ${session.id}`;

/** From now on these are the session's step hashes: finished movies of others wait again. Returns how many. */
export function redoOthers(context: Context, session: Session, hashes: string): number {
  const { ledger, settings } = context;
  const redone = ledger.transaction(() => {
    const count = ledger.movies.redoOthers(session.id, hashes, settings.retry.attempts);
    ledger.setMeta(doneFor(session), hashes);
    return count;
  });
  session.hashes = hashes;
  return redone;
}

/**
 * Once, when a session is met again: the service may have died between writing a start and noting in the ledger what it
 * makes old, and a gain may have been replaced since. References that are not there now say nothing.
 */
export function reconcile(context: Context, session: Session): void {
  const { start, hashes } = session;
  if (start === null || hashes === null || !isWanted(session)) return;
  if (context.ledger.getMeta(doneFor(session)) === hashes) return;
  const { gain, defectMapPath } = start.recipe;
  if (![gain?.path ?? null, defectMapPath].every((path) => path === null || existsSync(path))) return;
  const redone = redoOthers(context, session, hashes);
  if (redone > 0)
    context.logger.warn({ session: session.key, redone }, 'movies of an earlier recipe are done anew');
}

/** Movies that the ledger knows as done and whose records are gone wait again. Returns how many. */
export async function redoVanished(context: Context, session: Session): Promise<number> {
  const { ledger, settings } = context;
  const records = new Set(await listNames(session.paths.results));
  const gone = ledger.movies.bases(session.id, 'done').filter(({ base }) => !records.has(`${base}.json`));
  ledger.transaction(() => {
    for (const { seq } of gone) ledger.movies.again(seq, settings.retry.attempts);
  });
  return gone.length;
}
