import { relative } from 'node:path';
import { tryReadTailBelow } from '../../base/below.ts';
import { isMissingOrLink } from '../../base/missing-file.ts';
import type { MovieLog } from '../../contract/api.ts';
import type { Context } from '../context.ts';
import { hasIndexedBatches, indexBatches } from '../loading/index-batches.ts';
import { batchLogPath } from '../scheduler/batch-file.ts';
import type { SessionRef } from '../session-ref.ts';

/**
 * Only the end of a log is shown, which contains the reason for a failure; users can open the file for more.
 */
const MAX_BYTES = 256 * 1024;

/**
 * The log of the last batch of a movie: the worker's output for all movies of the batch.
 * @param path - of the movie
 * @returns null if the movie was never in a batch, or if there is no log yet
 */
export async function movieLog(
  context: Context,
  session: SessionRef,
  path: string,
): Promise<MovieLog | null> {
  const { movies } = context.ledger;
  if (movies.lastBatch(session.id, path) === null && !hasIndexedBatches(context, session))
    await indexBatches(context, session);
  const batch = movies.lastBatch(session.id, path);
  if (batch === null) return null;
  const log = batchLogPath(session.paths, batch);
  const { root } = session.paths;
  const tail = await tryReadTailBelow(root, log, MAX_BYTES, isMissingOrLink);
  return tail && { file: relative(root, log), ...tail };
}
