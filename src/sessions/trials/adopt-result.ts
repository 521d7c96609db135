import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncDirectory } from '../../base/durable-file.ts';
import { CodedError } from '../../contract/errors.ts';
import type { ResultRecord } from '../../contract/record.ts';
import { hasAllFiles, isSameMovie, readRecord, recordPath } from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import { hashesText, type LedgerMovie } from '../ledger/rows.ts';
import type { SessionRef } from '../session-ref.ts';
import { type TrialFile, trialPaths } from './trial-file.ts';

/** The movie that is tried. @param base - null: the newest whole one @throws CodedError NO_SUCH_MOVIE */
export function movieToTry({ ledger }: Context, { id }: SessionRef, base: string | null): LedgerMovie {
  const newest = (state: 'waiting' | 'done') => ledger.movieRows.page(id, 'newest', state, null, 1)[0]?.base;
  const wanted = base ?? newest('waiting') ?? newest('done');
  const movie = wanted === undefined ? null : ledger.movies.byBase(id, wanted);
  if (movie === null)
    throw new CodedError('NO_SUCH_MOVIE', 'There is no whole movie to try the parameters on.');
  return movie;
}

/** The result of a trial becomes the session's own where it is good and of the recipe with these step hashes. */
export async function adoptResult(
  { ledger }: Context,
  session: SessionRef,
  file: TrialFile,
  hashes: string,
): Promise<void> {
  const { processed: from } = trialPaths(session.paths, file.id);
  const { processed: to } = session.paths;
  const { base } = file.movie;
  const record = await readRecord(from, base);
  if (record?.outcome.status !== 'ok' || hashesText(record.stepHashes) !== hashes) return;
  const known = ledger.movies.byBase(session.id, base);
  if (known === null || !isSameMovie(record.movie, known) || !hasAllFiles(record, from)) return;
  const old = await readRecord(to, base);
  if (old !== null && hashesText(old.stepHashes) === hashes && old.outcome.status === 'ok') return;
  await publishResult(from, to, record, old);
}

/**
 * Makes the result of a trial the session's own. The old record goes first, the new one comes last: at no instant a record
 * names what is not there, or not its own.
 * @param old - the session's own record of the movie so far
 */
async function publishResult(
  from: string,
  to: string,
  record: ResultRecord,
  old: ResultRecord | null,
): Promise<void> {
  const target = recordPath(to, record.movie.base);
  await mkdir(dirname(target), { recursive: true });
  await rm(target, { force: true });
  await syncDirectory(dirname(target));
  for (const name of Object.values(record.files)) await rename(join(from, name), join(to, name));
  const kept = new Set(Object.values(record.files));
  for (const name of Object.values(old?.files ?? {}))
    if (!kept.has(name)) await rm(join(to, name), { force: true });
  await syncDirectory(to);
  await rename(recordPath(from, record.movie.base), target);
  await syncDirectory(dirname(target));
}
