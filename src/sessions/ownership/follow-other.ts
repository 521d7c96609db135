import type { Context } from '../context.ts';
import { STOPPED } from '../lifecycle/advance.ts';
import { redoOthers } from '../loading/redo-others.ts';
import type { ResultIntake } from '../results/intake.ts';
import type { Session } from '../session.ts';

/**
 * Number of waiting movies that are checked at a time, the oldest first, because results arrive in this
 * order.
 */
const MAX_LOOKED_FOR = 500;

/** Reads what another service may have changed in a session: start, reviews, results of waiting movies. */
export async function followOther(context: Context, intake: ResultIntake, session: Session): Promise<void> {
  if (session.mutex.isBusy) return;
  await session.mutex.run(async () => {
    await session.lifecycle.reread();
    if (!session.lifecycle.isWanted) session.lifecycle.signal('stopped', STOPPED);
    await redoOthers(context, session);
    await session.reviews.load();
    const { ledger, clock } = context;
    const waiting = ledger.movies.due(session.id, clock.wallMs(), MAX_LOOKED_FOR);
    await intake.takeExisting(session, waiting);
  });
}
