import { cleanTemporary } from '../../pipeline/staging.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';

/**
 * Removes unfinished outputs of workers that have ended, unless another service is processing the session.
 * @param isAlive - whether the batch with a token may still write outputs
 */
export async function removeUnfinished(
  { logger }: Context,
  { key, paths, owner }: Session,
  isAlive: (token: string) => boolean,
): Promise<void> {
  try {
    if (await owner.isOwnedElsewhere()) return;
    await cleanTemporary(paths, isAlive);
  } catch (error) {
    logger.warn({ session: key, error }, 'unfinished outputs cannot be removed yet');
  }
}
