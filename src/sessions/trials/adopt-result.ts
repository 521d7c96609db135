import { makeFolderBelow, withFolderBelow } from '../../base/below.ts';
import { isPlainName, withFolder } from '../../base/real-folder.ts';
import { CodedError } from '../../contract/errors.ts';
import type { ResultRecord } from '../../contract/record.ts';
import { refuseForeign } from '../../pipeline/foreign-files.ts';
import { renameIfDirectory } from '../../pipeline/record-directory.ts';
import {
  hasAllFiles,
  isSameMovie,
  type OutputFolders,
  RESULTS_FOLDER,
  readRecord,
} from '../../pipeline/record-file.ts';
import type { Context } from '../context.ts';
import { hashesText, type LedgerMovie } from '../ledger/rows.ts';
import type { SessionRef } from '../session-ref.ts';
import { type TrialFile, trialPaths } from './trial-file.ts';

/** The movie of a trial. @param base - null: the newest complete movie @throws CodedError NO_SUCH_MOVIE */
export function movieToTry({ ledger }: Context, { id }: SessionRef, base: string | null): LedgerMovie {
  const newest = (state: 'waiting' | 'done') => ledger.movieRows.page(id, 'newest', state, null, 1)[0]?.base;
  const wantedBase = base ?? newest('waiting') ?? newest('done');
  const movie = wantedBase === undefined ? null : ledger.movies.byBase(id, wantedBase);
  if (movie === null)
    throw new CodedError('NO_SUCH_MOVIE', 'There is no complete movie on which the parameters can be tried.');
  return movie;
}

/** Moves the result of a trial into the session if it is successful and has these step hashes. */
export async function adoptResult(
  { ledger }: Context,
  session: SessionRef,
  file: TrialFile,
  hashes: string,
): Promise<void> {
  const from = trialPaths(session.paths, file.id);
  const to = session.paths;
  const { base } = file.movie;
  const record = await readRecord(from, base);
  if (record?.outcome.status !== 'ok' || hashesText(record.stepHashes) !== hashes) return;
  const movie = ledger.movies.byBase(session.id, base);
  if (movie === null || !isSameMovie(record.movie, movie) || !(await hasAllFiles(record, from))) return;
  const oldRecord = await readRecord(to, base);
  if (oldRecord !== null && hashesText(oldRecord.stepHashes) === hashes && oldRecord.outcome.status === 'ok')
    return;
  await makeFolderBelow(to.root, to.processed);
  await makeFolderBelow(to.root, to.results);
  await publishResult(from, to, record, oldRecord);
}

/**
 * Moves the result of a trial into the session. The old record is removed first, and the new record is moved
 * last, so that no record ever refers to outputs that are missing or belong to another record.
 * @param oldRecord - the current record of the movie in the session
 */
async function publishResult(
  from: OutputFolders,
  to: OutputFolders,
  record: ResultRecord,
  oldRecord: ResultRecord | null,
): Promise<void> {
  const { base } = record.movie;
  // Names in records may have been edited by hand.
  const names = Object.values(record.files).filter(isPlainName);
  const obsolete = Object.values(oldRecord?.files ?? {}).filter(
    (name) => isPlainName(name) && !names.includes(name),
  );
  await withFolderBelow(from.root, from.processed, (source) =>
    withFolderBelow(to.root, to.processed, (target) =>
      withFolder(target.openSubfolder(RESULTS_FOLDER), async (records) => {
        for (const name of [...names, ...obsolete]) await refuseForeign(target, name);
        await renameIfDirectory(records, `${base}.json`);
        await records.removeFile(`${base}.json`);
        await records.sync();
        for (const name of names) await source.moveEntry(name, target);
        for (const name of obsolete) await target.removeFile(name);
        await target.sync();
        await withFolder(source.openSubfolder(RESULTS_FOLDER), (sourceRecords) =>
          sourceRecords.moveEntry(`${base}.json`, records),
        );
        await records.sync();
      }),
    ),
  );
}
