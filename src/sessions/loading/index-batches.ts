import type { Context } from '../context.ts';
import type { SessionRef } from '../session-ref.ts';
import { batchFilesOf, readBatch } from './batch-files.ts';

const metaKey = ({ id }: SessionRef): string => `batches of ${id}`;

/** Notes that the ledger has the last batch of every movie; later batches are added when they are created. */
export const markBatchesIndexed = ({ ledger }: Context, session: SessionRef): void =>
  ledger.setMeta(metaKey(session), 'indexed');

/** False for a session that was loaded by an earlier version, until `indexBatches` has run. */
export const hasIndexedBatches = ({ ledger }: Context, session: SessionRef): boolean =>
  ledger.getMeta(metaKey(session)) !== null;

/** Stores the last batch of every movie, unless the ledger has a newer one. Done once for each session. */
export async function indexBatches(context: Context, session: SessionRef): Promise<void> {
  const { movies } = context.ledger;
  const newest = new Map<string, string>();
  for (const file of await batchFilesOf(session))
    for (const movie of (await readBatch(session, file))?.movies ?? []) newest.set(movie.path, file.name);
  context.ledger.transaction(() => {
    for (const [path, name] of newest)
      if (movies.lastBatch(session.id, path) === null) movies.setLastBatch(session.id, path, name);
  });
  markBatchesIndexed(context, session);
}
