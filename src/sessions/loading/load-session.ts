import type { SessionKey } from '../../contract/api.ts';
import type { Context } from '../context.ts';
import { noteLocated } from '../queries/position-backfill.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import { Session } from '../session.ts';
import type { Trials } from '../trials/trials.ts';
import { inheritBatches, rebuildBatches } from './rebuild-batches.ts';
import { rebuildMovies } from './rebuild-movies.ts';
import { redoOthers } from './redo-others.ts';

/** Loads a session: its state, start, movies, reviews, and its running batches. */
export async function loadSession(
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
    if (isNew) noteLocated(context, session);
  }
  await redoOthers(context, session);
  await session.gain.recall(session.lifecycle.start);
  inheritBatches(context, inFlight, session);
  await trials.recall(session).catch((error) => {
    context.logger.warn({ session: key, error }, 'the last trial of a session cannot be read');
  });
  return session;
}
