import { stat } from 'node:fs/promises';
import type { Handle } from '../../executors/executor.ts';
import { readRecord, recordPath } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import type { LedgerMovie } from '../ledger/rows.ts';
import type { Session } from '../session.ts';
import { counts, settle } from './settle.ts';

/** A batch that was submitted. `movies` are those without a result, in the order in which the worker does them. */
export interface Flight {
  readonly token: string;
  readonly session: Session;
  handle: Handle;
  movies: LedgerMovie[];
  sawRecord: boolean;
  /** It was submitted by an earlier run of the service: losing it says nothing about its movies. */
  readonly isInherited: boolean;
  /** Base -> which file was read last, so that an old record is not read again and again. */
  readonly read: Map<string, string>;
}

/** So many movies without a result are looked for per batch: its worker does one after the other. */
const LOOK_AHEAD = 2;

/** Takes in the results that have appeared. @param all - look for every movie, not only for those that are next */
export async function collect(context: Context, flight: Flight, all: boolean): Promise<void> {
  let missing = 0;
  for (const movie of [...flight.movies]) {
    if (await takeResult(context, flight, movie)) continue;
    if (++missing >= LOOK_AHEAD && !all) return;
  }
}

async function takeResult(context: Context, flight: Flight, movie: LedgerMovie): Promise<boolean> {
  const { session } = flight;
  const fingerprint = await fingerprintOf(recordPath(session.paths.processed, movie.base));
  if (fingerprint === null || flight.read.get(movie.base) === fingerprint) return false;
  const record = await readRecord(session.paths.processed, movie.base);
  // Another call may have taken it, or the movie may have changed, while this one was reading.
  if (!flight.movies.includes(movie)) return true;
  const isCancelled = record?.outcome.status === 'failed' && record.outcome.code === 'CANCELLED';
  if (record === null || isCancelled || !counts(session, movie, record)) {
    flight.read.set(movie.base, fingerprint);
    return false;
  }
  // The ledger first: where it cannot take the result, the next look finds the movie still in flight.
  settle(context, session, movie, record);
  flight.movies = flight.movies.filter((other) => other !== movie);
  flight.sawRecord = true;
  return true;
}

async function fingerprintOf(path: string): Promise<string | null> {
  try {
    const { ino, size, mtimeMs } = await stat(path);
    return `${ino}:${size}:${mtimeMs}`;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw error;
  }
}
