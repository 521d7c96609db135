import type { SessionKey } from '../../contract/api.ts';
import type { Context } from '../context.ts';
import { markPositionsComplete } from '../queries/position-backfill.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import { Session } from '../session.ts';
import type { Trials } from '../trials/trials.ts';
import { checkUnreadableBatches, inheritBatches, rebuildBatches } from './rebuild-batches.ts';
import { rebuildMovies } from './rebuild-movies.ts';
import { requeueOutdated } from './requeue-outdated.ts';

/** Loads a session: its state, the parameters of its last start, its movies, reviews and running batches. */
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
  await session.timeline.load();
  await session.reviews.load();
  // If a rebuild was interrupted, it is repeated; existing rows are kept.
  if (isNew || ledger.getMeta(`rebuilt ${id}`) === null) {
    await rebuildMovies(context, session);
    await rebuildBatches(context, session);
    ledger.setMeta(`rebuilt ${id}`, 'yes');
    if (isNew) markPositionsComplete(context, session);
  }
  await checkUnreadableBatches(context, session);
  await requeueOutdated(context, session);
  await session.gainVotes.restore(session.lifecycle.start);
  inheritBatches(context, inFlight, session);
  await trials.restore(session).catch((error) => {
    context.logger.warn({ session: key, error }, 'the last trial of a session cannot be read');
  });
  return session;
}
