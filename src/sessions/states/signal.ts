import type { TimelineEntry } from '../../contract/review.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import { note, SERVICE } from '../timeline.ts';
import { nextState, type SessionSignal } from './machine.ts';

/** Arrows that people look for afterwards; what a person asks is noted where it is asked. */
const WORTH_NOTING: Partial<Record<SessionSignal, TimelineEntry['what']>> = {
  all_settled: 'completed',
  work_seen: 'continued',
  cannot_go_on: 'failed',
  can_go_on: 'recovered',
};

/** Moves a session along an arrow of the table, notes it and tells of it. */
export function signal(
  context: Context,
  session: Session,
  what: SessionSignal,
  reason: string | null = null,
): void {
  const next = nextState(session.state, what);
  if (next === session.state && reason === session.reason) return;
  if (next === session.state && what !== 'started' && what !== 'cannot_go_on') return;
  const level = what === 'cannot_go_on' ? 'warn' : 'info';
  context.logger[level](
    { session: session.key, from: session.state, to: next, what, reason },
    'session state',
  );
  session.state = next;
  session.reason = reason;
  context.ledger.sessions.setState(session.id, next, reason);
  context.announcer.session(session);
  const noted = WORTH_NOTING[what];
  if (noted !== undefined) note(context, session, noted, SERVICE, reason);
}
