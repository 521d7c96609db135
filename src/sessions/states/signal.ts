import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import { nextState, type SessionSignal } from './machine.ts';

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
}
