import { listBelow } from '../../base/below.ts';
import { isMissingOrLink } from '../../base/missing-file.ts';
import type { ResultRecord } from '../../contract/record.ts';
import { readRecords } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import { hashesText } from '../ledger/rows.ts';
import type { Session } from '../session.ts';

/** Number of records read in parallel, and of rows per transaction. */
const CHUNK = 64;

/** Adds the movies of a session to the ledger from the session's records, each of which names its movie. */
export async function rebuildMovies(context: Context, session: Session): Promise<void> {
  const { ledger, logger } = context;
  const { root, processed, results } = session.paths;
  const outputs = new Set(await listBelow(root, processed, isMissingOrLink));
  const bases = (await listBelow(root, results, isMissingOrLink))
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort();
  for (let from = 0; from < bases.length; from += CHUNK) {
    const chunk = bases.slice(from, from + CHUNK);
    const records = await readRecords(session.paths, chunk);
    ledger.transaction(() => {
      for (const [i, base] of chunk.entries()) {
        const record = records[i];
        const isReadable = record?.movie.base === base;
        session.unreadableRecords.update(base, isReadable);
        if (record && isReadable) restoreRecord(context, session, record, outputs);
      }
    });
  }
  if (bases.length > 0) logger.info({ session: session.key, records: bases.length }, 'ledger rebuilt');
}

function restoreRecord(
  { ledger, settings }: Context,
  { id, lifecycle }: Session,
  record: ResultRecord,
  outputs: ReadonlySet<string>,
): void {
  const { movies, sessions } = ledger;
  const { attempts } = settings.retry;
  if (movies.byPath(id, record.movie.path) || movies.byBase(id, record.movie.base)) return;
  const seq = movies.add(id, record.movie, attempts);
  const { outcome } = record;
  const isUpToDate = lifecycle.start === null || hashesText(record.stepHashes) === lifecycle.hashes;
  const isComplete = Object.values(record.files).every((name) => outputs.has(name));
  const hasAttemptsLeft = outcome.status === 'failed' && outcome.retryable && record.attempt < attempts;
  movies.finish(seq, outcome.status === 'ok' ? 'done' : 'failed', record);
  if (!isUpToDate || !isComplete) movies.requeue(seq, attempts);
  else if (hasAttemptsLeft) movies.setWaiting(seq, record.attempt, 0, outcome.code, outcome.message);
  const thumbnail = outcome.status === 'ok' && 'thumbnail' in record.files ? record.movie.base : null;
  sessions.setLastResult(id, Date.parse(record.finishedAt), thumbnail);
}
