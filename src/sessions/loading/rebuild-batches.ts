import { z } from 'zod';
import { statusBelow } from '../../base/below.ts';
import { tryParseJsonAs } from '../../base/json.ts';
import { isMissingOrLink } from '../../base/missing-file.ts';
import type { Batch } from '../../contract/batch.ts';
import type { Context } from '../context.ts';
import { batchPath } from '../scheduler/batch-file.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import type { Session } from '../session.ts';
import { type BatchFile, batchFilesOf, readBatch } from './batch-files.ts';
import { markBatchesIndexed } from './index-batches.ts';

/**
 * For a session that was not in the ledger, adds from its batch files: the last batch of each movie, the
 * number of the last cycle, and the batches that are still running according to their executors.
 */
export async function rebuildBatches(context: Context, session: Session): Promise<void> {
  const { ledger, settings } = context;
  const files = await batchFilesOf(session);
  const { cycleSize } = settings.batches;
  const last = files.at(-1);
  if (last) ledger.sessions.setCycle(session.id, last.cycle, cycleSize, cycleSize);
  const unreadable: string[] = [];
  for (const file of files) {
    const batch = await readBatch(session, file);
    if (batch === null) unreadable.push(file.name);
    else await restoreBatch(context, session, file, batch);
  }
  ledger.setMeta(unreadableKey(session), JSON.stringify(unreadable));
  markBatchesIndexed(context, session);
}

/** Warns of the batch files that a rebuild could not read, if they still exist and still cannot be read. */
export async function checkUnreadableBatches({ ledger }: Context, session: Session): Promise<void> {
  const stored = tryParseJsonAs(ledger.getMeta(unreadableKey(session)) ?? '[]', z.array(z.string())) ?? [];
  const unreadable: string[] = [];
  for (const name of stored) {
    const path = batchPath(session.paths, name);
    const exists = (await statusBelow(session.paths.root, path, isMissingOrLink)) !== null;
    if (exists && (await readBatch(session, { path })) === null) unreadable.push(`${name}.json`);
  }
  session.unreadableFiles.setBatches(unreadable);
}

const unreadableKey = ({ id }: Session): string => `unreadable batches of ${id}`;

async function restoreBatch(
  context: Context,
  session: Session,
  file: BatchFile,
  batch: Batch,
): Promise<void> {
  const { ledger, executors, settings } = context;
  const { movies } = ledger;
  ledger.transaction(() => {
    for (const movie of batch.movies) {
      const isNew = !movies.byPath(session.id, movie.path) && !movies.byBase(session.id, movie.base);
      if (isNew) movies.add(session.id, movie, settings.retry.attempts);
      movies.setLastBatch(session.id, movie.path, file.name);
    }
  });
  const openMovies = batch.movies.filter((movie) => movies.byPath(session.id, movie.path)?.state !== 'done');
  if (openMovies.length === 0) return;
  const { executor, token } = batch;
  const { cycle, name, path } = file;
  const handle = { executor, token, id: '', batchPath: path };
  const status = (await executors.poll([handle])).get(token);
  if (!status || status.state === 'ended') return;
  ledger.transaction(() => {
    ledger.batches.add({ token, sessionId: session.id, cycle, path, executor, handle });
    for (const { path: moviePath } of openMovies) {
      const movie = movies.byPath(session.id, moviePath);
      if (movie && movie.state !== 'done') movies.setQueued(movie.seq, token, cycle, name);
    }
  });
}

/** Takes over batches in flight from an earlier process of the service; executors report which still run. */
export function inheritBatches({ ledger }: Context, inFlight: BatchesInFlight, session: Session): void {
  for (const batch of ledger.batches.ofSession(session.id)) {
    const { executor, token, path } = batch;
    if (inFlight.has(token)) continue;
    inFlight.add({
      kind: 'movies',
      token,
      session,
      handle: { ...(batch.handle ?? { executor, token, id: '' }), batchPath: path },
      movies: ledger.movies.ofBatch(token),
      hasResults: false,
      isInherited: true,
    });
  }
}
