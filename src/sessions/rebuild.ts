import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tryParseJson } from '../base/json.ts';
import { listNames } from '../base/list-names.ts';
import { type Batch, batchSchema } from '../contract/batch.ts';
import type { ResultRecord } from '../contract/record.ts';
import { readRecord } from '../pipeline/record-file.ts';
import type { Context } from './context.ts';
import { hashesText } from './ledger/rows.ts';
import type { Flight } from './scheduler/flights.ts';
import type { Session } from './session.ts';

/** Records read side by side, and rows per transaction. */
const CHUNK = 64;

/**
 * Fills the ledger of a session that it does not know from what lies in the session: the records, which keep the
 * base of every movie as it was, then the batches, some of which may still run.
 */
export async function rebuild(context: Context, session: Session): Promise<void> {
  const outputs = new Set(await listNames(session.paths.processed));
  const bases = (await listNames(session.paths.results))
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
  for (let from = 0; from < bases.length; from += CHUNK) {
    const chunk = bases.slice(from, from + CHUNK);
    const records = await Promise.all(chunk.map((base) => readRecord(session.paths.processed, base)));
    context.ledger.transaction(() => {
      for (const [i, record] of records.entries())
        if (record && record.movie.base === chunk[i]) takeRecord(context, session, record, outputs);
    });
  }
  await takeCycles(context, session);
  if (bases.length > 0)
    context.logger.info({ session: session.key, records: bases.length }, 'ledger rebuilt');
}

function takeRecord(
  context: Context,
  session: Session,
  record: ResultRecord,
  outputs: ReadonlySet<string>,
): void {
  const { movies, sessions } = context.ledger;
  const { attempts } = context.settings.retry;
  if (movies.byPath(session.id, record.movie.path) || movies.byBase(session.id, record.movie.base)) return;
  const seq = movies.add(session.id, record.movie, attempts);
  const { outcome } = record;
  const isPresent = session.start === null || hashesText(record.stepHashes) === session.hashes;
  const isWhole = Object.values(record.files).every((name) => outputs.has(name));
  const hasAttempts = outcome.status === 'failed' && outcome.retryable && record.attempt < attempts;
  movies.finish(seq, outcome.status === 'ok' ? 'done' : 'failed', record);
  if (!isPresent || !isWhole) movies.again(seq, attempts);
  else if (hasAttempts) movies.setWaiting(seq, record.attempt, 0, outcome.code, outcome.message);
  const thumbnail = outcome.status === 'ok' && 'thumbnail' in record.files ? record.movie.base : null;
  sessions.resultSeen(session.id, Date.parse(record.finishedAt), thumbnail);
}

/** Goes on with the number of the last cycle, and asks the executor for batches that may still run. */
async function takeCycles(context: Context, session: Session): Promise<void> {
  const { ledger } = context;
  const cycles = (await listNames(session.paths.workflow))
    .filter((name) => /^cycle-\d{6,}$/.test(name))
    .sort();
  const last = cycles.at(-1);
  if (last) {
    const size = context.settings.batches.cycleSize;
    ledger.sessions.setCycle(session.id, Number(last.slice('cycle-'.length)), size, size);
  }
  for (const cycle of cycles) {
    const folder = join(session.paths.workflow, cycle);
    for (const name of (await listNames(folder)).filter((file) => /^batch-\d+\.json$/.test(file)))
      await takeBatch(context, session, Number(cycle.slice('cycle-'.length)), join(folder, name));
  }
}

async function takeBatch(context: Context, session: Session, cycle: number, path: string): Promise<void> {
  const { ledger, executors, settings } = context;
  const batch = await readBatch(path);
  if (batch === null) return;
  ledger.transaction(() => {
    for (const movie of batch.movies) {
      const isFree =
        !ledger.movies.byPath(session.id, movie.path) && !ledger.movies.byBase(session.id, movie.base);
      if (isFree) ledger.movies.add(session.id, movie, settings.retry.attempts);
    }
  });
  const open = batch.movies.filter((movie) => ledger.movies.byPath(session.id, movie.path)?.state !== 'done');
  if (open.length === 0) return;
  const { executor } = batch;
  const handle = { executor, token: batch.token, id: '', batchPath: path };
  const status = (await executors.poll([handle])).get(batch.token);
  if (!status || status.state === 'ended') return;
  ledger.transaction(() => {
    ledger.batches.add({ token: batch.token, sessionId: session.id, cycle, path, executor, handle });
    for (const { path: moviePath } of open) {
      const movie = ledger.movies.byPath(session.id, moviePath);
      if (movie && movie.state !== 'done') ledger.movies.setQueued(movie.seq, batch.token, cycle);
    }
  });
}

async function readBatch(path: string): Promise<Batch | null> {
  const parsed = batchSchema.safeParse(tryParseJson(await readFile(path, 'utf8')));
  return parsed.success ? parsed.data : null; // damaged or of another version: its movies are found and done anew
}

/** The flights that the ledger knows from an earlier run. The executor says which of them still run. */
export function inheritedFlights(context: Context, sessions: ReadonlyMap<number, Session>): Flight[] {
  const { ledger } = context;
  return ledger.batches.all().flatMap((batch) => {
    const session = sessions.get(batch.sessionId);
    if (!session) return [];
    const { executor, token, path } = batch;
    const handle = { ...(batch.handle ?? { executor, token, id: '' }), batchPath: path };
    const movies = ledger.movies.ofBatch(batch.token);
    return [
      { token: batch.token, session, handle, movies, sawRecord: false, isInherited: true, read: new Map() },
    ];
  });
}
