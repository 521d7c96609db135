import type { Context } from '../context.ts';
import { STOPPED } from '../lifecycle/advance.ts';
import { requeueOutdated } from '../loading/requeue-outdated.ts';
import type { ResultIntake } from '../results/intake.ts';
import type { Session } from '../session.ts';

/**
 * Maximum number of waiting movies that are checked at a time; the oldest first, because results arrive in
 * this order.
 */
const MAX_CHECKED_MOVIES = 500;

/** Reads what another service may have changed in a session: start, reviews, results of waiting movies. */
export async function followOtherService(
  context: Context,
  intake: ResultIntake,
  session: Session,
): Promise<void> {
  if (session.mutex.isBusy) return;
  await session.mutex.run(async () => {
    await session.lifecycle.reread();
    if (!session.lifecycle.isProcessingRequested) session.lifecycle.signal('stopped', STOPPED);
    await requeueOutdated(context, session);
    await session.reviews.load();
    const { ledger, clock } = context;
    const waiting = ledger.movies.due(session.id, clock.wallMs(), MAX_CHECKED_MOVIES);
    await intake.storeExisting(session, waiting);
  });
}
