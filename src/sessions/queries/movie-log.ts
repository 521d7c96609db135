import { relative } from 'node:path';
import { readTail } from '../../base/own-file.ts';
import type { MovieLog } from '../../contract/api.ts';
import type { Context } from '../context.ts';
import { indexBatches, isIndexed } from '../entering/index-batches.ts';
import { batchLogPath } from '../scheduler/batch-file.ts';
import type { SessionRef } from '../session-ref.ts';
import { isWithin } from './output-path.ts';

/** The end of a log says why; more than this is for an editor. */
const MAX_BYTES = 256 * 1024;

/**
 * The log of the last batch that held a movie: what the worker wrote, of this movie and of those beside it.
 * @param path - of the movie
 * @returns null where it was in no batch, or nothing was written yet
 */
export async function movieLog(
  context: Context,
  session: SessionRef,
  path: string,
): Promise<MovieLog | null> {
  const { movies } = context.ledger;
  if (movies.lastBatch(session.id, path) === null && !isIndexed(context, session))
    await indexBatches(context, session);
  const batch = movies.lastBatch(session.id, path);
  if (batch === null) return null;
  const log = batchLogPath(session.paths, batch);
  if (!(await isWithin(session.paths.root, log))) return null;
  const end = await readTail(log, MAX_BYTES);
  return end && { file: relative(session.paths.root, log), ...end };
}
