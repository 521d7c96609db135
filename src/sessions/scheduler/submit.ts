import { randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makeOneDirectory } from '../../base/durable-file.ts';
import { BATCH_VERSION, type Batch } from '../../contract/batch.ts';
import type { Executor } from '../../executors/executor.ts';
import { hasAllFiles, readRecord } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import type { LedgerMovie } from '../ledger/rows.ts';
import { isWanted, type Session } from '../session.ts';
import { isActive } from '../states/machine.ts';
import { signal } from '../states/signal.ts';
import { writeJsonAtomic } from '../workflow/atomic.ts';
import { chooseExecutor } from './choose.ts';
import { finalize } from './finalize.ts';
import type { Flight } from './flights.ts';
import { currentCycle, nextMovies } from './next-movies.ts';
import { programsOf } from './programs.ts';
import { counts, settle } from './settle.ts';

/** After a refused submission, and while files cannot be written, a session waits for so long. */
const REFUSED_HOLD_MS = 5000;

/**
 * Submits one batch of a session. The order makes every crash harmless: batch file, ledger, executor, handle.
 * @returns whether something was submitted
 */
export async function submitNext(
  context: Context,
  flights: Map<string, Flight>,
  session: Session,
): Promise<boolean> {
  const { ledger } = context;
  if (!isWanted(session) || !isActive(session.state)) return false;
  if (!(await isThere(session))) return false;
  const choice = chooseExecutor(context, flights.values(), session);
  if (choice === null) return false;
  const { executor } = choice;
  const cycle = currentCycle(context, session);
  const due = nextMovies(context, session, choice, cycle);
  const movies = await withoutResult(context, session, due);
  if (movies.length === 0 || !session.start) return false;

  const place = await placeOf(session, cycle.number);
  const batch = batchOf(context, executor, session, place.token, movies);
  await writeJsonAtomic(place.path, batch);
  ledger.transaction(() => {
    const { cycleAssigned, cycleFinished, cycle: last } = ledger.sessions.get(session.id);
    const isNew = cycle.number !== last;
    ledger.batches.add({
      token: place.token,
      sessionId: session.id,
      cycle: cycle.number,
      path: place.path,
      executor: executor.name,
      handle: null,
    });
    for (const movie of movies) ledger.movies.setQueued(movie.seq, place.token, cycle.number);
    const assigned = (isNew ? 0 : cycleAssigned) + movies.length;
    ledger.sessions.setCycle(session.id, cycle.number, assigned, isNew ? 0 : cycleFinished);
  });
  const flight: Flight = {
    token: place.token,
    session,
    handle: { executor: executor.name, token: place.token, id: '', batchPath: place.path },
    movies: ledger.movies.ofBatch(place.token),
    sawRecord: false,
    isInherited: false,
    read: new Map(),
  };
  flights.set(place.token, flight);
  try {
    flight.handle = await executor.submit({
      batchPath: place.path,
      token: place.token,
      logPath: place.log,
    });
  } catch (error) {
    await refused(context, flights, flight, error);
    return false;
  }
  ledger.batches.setHandle(place.token, flight.handle);
  signal(context, session, 'submitted');
  context.announcer.movies(
    session,
    batch.movies.map((movie) => movie.base),
  );
  return true;
}

/** A session that was taken away must not come back as an empty shell. The next scan says so to everybody. */
async function isThere(session: Session): Promise<boolean> {
  try {
    await stat(session.paths.root);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw error;
    return false;
  }
}

/** Takes in good results that exist already (of an earlier recipe, or unknown to the ledger); the rest is to do. */
async function withoutResult(
  context: Context,
  session: Session,
  due: readonly LedgerMovie[],
): Promise<LedgerMovie[]> {
  const records = await Promise.all(due.map((movie) => readRecord(session.paths.processed, movie.base)));
  return due.filter((movie, i) => {
    const record = records[i];
    if (record?.outcome.status !== 'ok') return true;
    if (!counts(session, movie, record) || !hasAllFiles(record, session.paths.processed)) return true;
    settle(context, session, movie, record);
    return false;
  });
}

async function placeOf(session: Session, cycle: number) {
  const folder = join(session.paths.workflow, `cycle-${String(cycle).padStart(6, '0')}`);
  await makeOneDirectory(session.paths.workflow);
  await makeOneDirectory(folder);
  const numbers = (await readdir(folder)).map((name) => Number(/^batch-(\d+)\.json$/.exec(name)?.[1] ?? 0));
  const name = `batch-${String(Math.max(0, ...numbers) + 1).padStart(3, '0')}`;
  return {
    path: join(folder, `${name}.json`),
    log: join(folder, `${name}.log`),
    token: `c${cycle}-${name}-${randomBytes(6).toString('hex')}`,
  };
}

function batchOf(
  context: Context,
  executor: Executor,
  session: Session,
  token: string,
  movies: readonly LedgerMovie[],
): Batch {
  return {
    version: BATCH_VERSION,
    token,
    rawDir: session.paths.raw,
    processedDir: session.paths.processed,
    recipe: session.start!.recipe,
    programs: programsOf(context),
    executor: executor.name,
    threads: executor.threadsPerMovie,
    movies: movies.map(({ path, base, sizeBytes, mtimeMs, attempt }) => ({
      path,
      base,
      sizeBytes,
      mtimeMs,
      attempt: attempt + 1,
    })),
  };
}

async function refused(
  context: Context,
  flights: Map<string, Flight>,
  flight: Flight,
  error: unknown,
): Promise<void> {
  const detail = error instanceof Error ? error.message : String(error);
  const { session } = flight;
  context.logger.warn({ session: session.key, error }, 'a batch was refused by the executor');
  session.heldUntilMs = context.clock.monotonicMs() + REFUSED_HOLD_MS;
  await finalize(context, flights, flight, { how: 'cancelled', exitCode: null, signal: null, detail });
  if (++session.barrenBatches >= context.tuning.barrenRun)
    signal(context, session, 'cannot_go_on', `Batches cannot be submitted: ${detail}`);
}
