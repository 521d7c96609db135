import { dirname } from 'node:path';
import { fileCall } from '../../base/file-calls.ts';
import { exists } from '../../base/missing-file.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';

/**
 * Called when a session is loaded: requeues movies with outdated results, because the service may have ended
 * between writing a start and requeuing them, or a gain reference may have been replaced. No effect while a
 * reference is missing.
 */
export async function requeueOutdated({ logger }: Context, { key, lifecycle }: Session): Promise<void> {
  const { start, hashes } = lifecycle;
  if (start === null || hashes === null || !lifecycle.isProcessingRequested || lifecycle.hasRequeuedOutdated)
    return;
  const { gain, defectMapPath } = start.recipe;
  for (const path of [gain?.path ?? null, defectMapPath])
    if (path !== null && !(await fileCall(dirname(path), path, () => exists(path)))) return;
  const requeued = lifecycle.setRequiredHashes(hashes);
  if (requeued > 0) logger.warn({ session: key, requeued }, 'movies of an earlier recipe are reprocessed');
}
