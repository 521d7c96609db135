import { exists } from '../../base/missing-file.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';

/**
 * The service may have ended between writing a start and marking outdated results in the ledger, and a gain
 * may have been replaced since. References that do not exist now are ignored.
 */
export async function redoOthers({ logger }: Context, { key, lifecycle }: Session): Promise<void> {
  const { start, hashes } = lifecycle;
  if (start === null || hashes === null || !lifecycle.isWanted || lifecycle.hasRedoneOthers) return;
  const { gain, defectMapPath } = start.recipe;
  for (const path of [gain?.path ?? null, defectMapPath]) if (path !== null && !(await exists(path))) return;
  const redone = lifecycle.requireHashes(hashes);
  if (redone > 0) logger.warn({ session: key, redone }, 'movies of an earlier recipe are reprocessed');
}
