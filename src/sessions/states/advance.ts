import { ERRORS, type ErrorCode } from '../../contract/errors.ts';
import type { Context } from '../context.ts';
import { isWanted, type Session } from '../session.ts';
import { signal } from './signal.ts';

/** Compares a session with the arrows that no single event triggers. Cheap: called in every round. */
export function advance(context: Context, session: Session): void {
  const counts = context.ledger.sessions.counts(session.id);
  if (!isWanted(session)) {
    if (!session.looked) return;
    const nothing = counts.total === counts.arriving;
    if (session.start === null || counts.total === 0 || session.state === 'unknown' || !nothing)
      signal(context, session, nothing ? 'looked_empty' : 'work_seen', session.reason);
    return;
  }
  if (
    session.state === 'unknown' ||
    session.state === 'incomplete_or_empty' ||
    session.state === 'needs_processing'
  )
    signal(context, session, 'started');
  if (session.rawFault !== null && counts.total > 0) {
    signal(context, session, 'cannot_go_on', `The movies cannot be reached: ${session.rawFault}.`);
    return;
  }
  if (counts.arriving + counts.waiting + counts.queued > 0) {
    if (session.state === 'processing_complete') signal(context, session, 'work_seen');
    return;
  }
  const quietMs = context.clock.monotonicMs() - session.lastNewMs;
  const isQuiet = quietMs >= context.settings.discovery.completeMs;
  if (!session.looked || counts.total === 0 || !isQuiet) return;
  const { code } = session.settingsRun;
  if (counts.done === 0 && counts.failed > 0 && code !== '')
    signal(context, session, 'cannot_go_on', settingsReason(code as ErrorCode));
  else signal(context, session, 'all_settled');
}

export const settingsReason = (code: ErrorCode): string =>
  `Movie after movie fails: ${ERRORS[code].text} ${ERRORS[code].remedy}`;
