import { open } from 'node:fs/promises';
import { relative } from 'node:path';
import { unlessMissing } from '../../base/missing-file.ts';
import type { MovieLog } from '../../contract/api.ts';
import type { Context } from '../context.ts';
import { indexBatches, isIndexed } from '../entering/index-batches.ts';
import { batchLogPath } from '../scheduler/batch-file.ts';
import type { SessionRef } from '../session-ref.ts';

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
  const end = await endOf(log);
  return end && { file: relative(session.paths.root, log), ...end };
}

async function endOf(path: string): Promise<{ text: string; isCut: boolean } | null> {
  const file = await unlessMissing(open(path, 'r'), null);
  if (file === null) return null;
  try {
    const { size } = await file.stat();
    const from = Math.max(0, size - MAX_BYTES);
    const bytes = Buffer.alloc(size - from);
    const { bytesRead } = await file.read(bytes, 0, bytes.length, from);
    const text = bytes.toString('utf8', 0, bytesRead);
    return { text: from === 0 ? text : text.slice(text.indexOf('\n') + 1), isCut: from > 0 };
  } finally {
    await file.close();
  }
}
