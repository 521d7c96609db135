import { stat } from 'node:fs/promises';
import { EXIT_UNRECORDED } from '../../contract/batch.ts';
import type { ErrorCode } from '../../contract/errors.ts';
import type { Ending } from '../../executors/executor.ts';
import { cleanTemporary } from '../../pipeline/staging.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import { signal } from '../states/signal.ts';
import { awaitDisk, diskFault } from './disk.ts';
import { collect, type Flight } from './flights.ts';
import { release, settleLost } from './settle.ts';

const LOST_CODES: Readonly<Partial<Record<Ending['how'], ErrorCode>>> = { out_of_memory: 'OUT_OF_MEMORY' };

/**
 * A batch ended: takes in what it left. Of the movies without a result the worker had begun the first one only, so
 * the attempt counts for that one and a movie that kills its worker does not use up its neighbours' attempts; a
 * worker that ended well had begun them all. A batch that was cancelled, got lost with the service, or had no place
 * for its results counts none.
 */
export async function finalize(
  context: Context,
  flights: Map<string, Flight>,
  flight: Flight,
  ending: Ending,
): Promise<void> {
  const { session, token } = flight;
  await collect(context, flight, true);
  const place = await placeOf(session, ending);
  if (!flights.has(token)) return;
  const isBlameless =
    ending.how === 'cancelled' || (ending.how === 'lost' && flight.isInherited) || place !== 'sound';
  const left = flight.movies;
  const blamed = isBlameless ? [] : ending.how === 'completed' ? left : left.slice(0, 1);
  context.ledger.transaction(() => {
    for (const movie of blamed)
      settleLost(context, session, movie, LOST_CODES[ending.how] ?? 'WORKER_LOST', ending.detail);
    release(context, session, left.slice(blamed.length));
    context.ledger.batches.remove(token);
  });
  // After the ledger: where that fails, the flight is still known and the next poll ends it again.
  flights.delete(token);
  flight.movies = [];
  for (const [path, holder] of session.abandoned) if (holder === token) session.abandoned.delete(path);
  if (place === 'refused')
    awaitDisk(context, session, (await diskFault(session.paths)) ?? 'OUTPUT_NOT_WRITABLE');
  await cleanSession(context, flights, session);
  if (isBlameless) return;
  context.logger.debug({ session: session.key, token, ending, left: left.length }, 'batch ended');
  session.barrenBatches = flight.sawRecord || left.length === 0 ? 0 : session.barrenBatches + 1;
  if (session.barrenBatches >= context.tuning.barrenRun)
    signal(context, session, 'cannot_go_on', `Batch after batch ends without a result: ${ending.detail}`);
}

/** `gone`: the session was taken away. `refused`: the worker found that the disk takes no results. */
async function placeOf({ paths }: Session, ending: Ending): Promise<'sound' | 'gone' | 'refused'> {
  try {
    await stat(paths.root);
    return ending.exitCode === EXIT_UNRECORDED ? 'refused' : 'sound';
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'gone';
    throw error;
  }
}

/** Removes what dead workers left behind. */
export async function cleanSession(
  context: Context,
  flights: ReadonlyMap<string, Flight>,
  session: Session,
): Promise<void> {
  try {
    await cleanTemporary(session.paths.processed, (token) => flights.has(token));
  } catch (error) {
    context.logger.warn({ session: session.key, error }, 'leavings of workers cannot be removed yet');
  }
}
