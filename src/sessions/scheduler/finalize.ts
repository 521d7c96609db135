import { stat } from 'node:fs/promises';
import { EXIT_UNRECORDED } from '../../contract/batch.ts';
import type { Ending } from '../../executors/executor.ts';
import { cleanTemporary } from '../../pipeline/staging.ts';
import type { Context } from '../context.ts';
import type { LedgerMovie } from '../ledger/rows.ts';
import type { Session } from '../session.ts';
import { signal } from '../states/signal.ts';
import { awaitDisk, diskFault } from './disk.ts';
import { ENDING_RULES, type EndingRule, LONGEST_HOLD_MS } from './ending-rules.ts';
import { collect, type Flight } from './flights.ts';
import { release, settleLost } from './settle.ts';

/**
 * A batch ended: takes in what it left; `ENDING_RULES` say what becomes of movies without a result. A batch that got
 * lost with the service, or had no place for its results, blames none of them.
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
  const rule = ENDING_RULES[ending.how];
  const isBlameless =
    rule.blames === 'none' || (ending.how === 'lost' && flight.isInherited) || place !== 'sound';
  const left = flight.movies;
  const blamed = isBlameless ? [] : blamedOf(rule, flight);
  context.ledger.transaction(() => {
    for (const movie of blamed) settleLost(context, session, movie, rule.code, ending.detail);
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
  context.logger.debug({ session: session.key, token, ending, left: left.length }, 'batch ended');
  if (rule.firstHoldMs > 0 && left.length > 0) setBack(context, session, rule.firstHoldMs, ending.detail);
  if (isBlameless || !rule.isBarren) return;
  session.barrenBatches = flight.sawRecord || left.length === 0 ? 0 : session.barrenBatches + 1;
  if (session.barrenBatches >= context.tuning.barrenRun)
    signal(context, session, 'cannot_go_on', `Batch after batch ends without a result: ${ending.detail}`);
}

function blamedOf({ blames }: EndingRule, flight: Flight): readonly LedgerMovie[] {
  switch (blames) {
    case 'none':
      return [];
    case 'first':
      return flight.movies.slice(0, 1);
    case 'first_if_barren':
      return flight.sawRecord ? [] : flight.movies.slice(0, 1);
    case 'all':
      return flight.movies;
  }
}

/** The session waits, longer each time; batches that end together are one setback. A result ends the series. */
function setBack({ clock, logger }: Context, session: Session, firstHoldMs: number, detail: string): void {
  const nowMs = clock.monotonicMs();
  if (nowMs < session.setback.untilMs) return;
  const count = session.setback.count + 1;
  const holdMs = Math.min(LONGEST_HOLD_MS, firstHoldMs * 2 ** (count - 1));
  session.setback = { count, untilMs: nowMs + holdMs, detail };
  session.heldUntilMs = Math.max(session.heldUntilMs, nowMs + holdMs);
  logger.warn({ session: session.key, holdMs, detail }, 'a batch was taken away: its movies are done again');
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
