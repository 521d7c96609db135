import { existsSync } from 'node:fs';
import type { SessionKey } from '../../contract/api.ts';
import type { Context } from '../context.ts';
import { notePlaced } from '../queries/grid-placing.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import { Session } from '../session.ts';
import type { Trials } from '../trials/trials.ts';
import { inheritBatches, rebuildBatches } from './rebuild-batches.ts';
import { rebuildMovies } from './rebuild-movies.ts';

/** Loads a session: its state, start, movies, reviews, and its running batches. */
export async function enterSession(
  context: Context,
  inFlight: BatchesInFlight,
  trials: Trials,
  key: SessionKey,
): Promise<Session> {
  const { ledger } = context;
  const { id, isNew } = ledger.sessions.idOf(key);
  const session = new Session(context, id, key);
  await session.lifecycle.restore();
  session.raw.restore(ledger.sessions.get(id).lastMovieMs);
  await session.reviews.load();
  // An interrupted rebuild is repeated: existing rows are kept.
  if (isNew || ledger.getMeta(`rebuilt ${id}`) === null) {
    await rebuildMovies(context, session);
    await rebuildBatches(context, session);
    ledger.setMeta(`rebuilt ${id}`, 'yes');
    if (isNew) notePlaced(context, session);
  }
  redoOthers(context, session);
  await session.gain.recall(session.lifecycle.start);
  inheritBatches(context, inFlight, session);
  await trials.recall(session);
  return session;
}

/**
 * The service may have ended between writing a start and marking outdated results in the ledger, and a gain
 * may have been replaced since. References that do not exist now are ignored.
 */
function redoOthers({ logger }: Context, { key, lifecycle }: Session): void {
  const { start, hashes } = lifecycle;
  if (start === null || hashes === null || !lifecycle.isWanted || lifecycle.hasRedoneOthers) return;
  const { gain, defectMapPath } = start.recipe;
  if (![gain?.path ?? null, defectMapPath].every((path) => path === null || existsSync(path))) return;
  const redone = lifecycle.requireHashes(hashes);
  if (redone > 0) logger.warn({ session: key, redone }, 'movies of an earlier recipe are reprocessed');
}
