import { ERRORS, type ErrorCode } from '../../contract/errors.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import { isUnfinished } from './machine.ts';

export const STOPPED = 'Stopped by a user.';

/**
 * Triggers the transitions that follow from the state of a session rather than from a single event. It is
 * called in every round, and must be fast.
 */
export function advance(context: Context, session: Session): void {
  if (session.lifecycle.isProcessingRequested) advanceRequested(context, session);
  else advanceNotRequested(context, session);
}

function advanceNotRequested({ ledger }: Context, { id, lifecycle, raw, mutex }: Session): void {
  // The stop was recorded on the disk, but not in the ledger, which could not be written at that time.
  if (lifecycle.start !== null && isUnfinished(lifecycle.state) && !mutex.isBusy)
    lifecycle.signal('stopped', STOPPED);
  if (!raw.isScanned) return;
  const { total, arriving, waiting } = ledger.sessions.counts(id);
  const { state, start, reason } = lifecycle;
  if (state === 'processing_complete') {
    if (arriving + waiting > 0) lifecycle.signal('work_waits', STOPPED);
    return;
  }
  if (start === null && isUnfinished(state)) {
    lifecycle.signal('start_lost', START_LOST);
    return;
  }
  const isEmptyOrIncomplete = total === arriving;
  if (start === null || total === 0 || state === 'unknown' || !isEmptyOrIncomplete)
    lifecycle.signal(isEmptyOrIncomplete ? 'found_empty' : 'work_waits', reason);
}

function advanceRequested(context: Context, session: Session): void {
  const { lifecycle, raw, failures } = session;
  const counts = context.ledger.sessions.counts(session.id);
  if (NOT_STARTED.has(lifecycle.state)) lifecycle.signal('started');
  if (raw.problem !== null && counts.total > 0) {
    // If the session has already failed, the reason for that failure is kept, and this problem is shown only
    // as a warning.
    if (lifecycle.state !== 'processing_failure')
      lifecycle.signal('failed', `The movies cannot be reached: ${raw.problem}.`);
    return;
  }
  if (counts.arriving + counts.waiting + counts.queued > 0) {
    if (lifecycle.state === 'processing_complete') lifecycle.signal('continued');
    return;
  }
  const isQuiet = raw.sinceLastMovieMs() >= context.settings.discovery.completeMs;
  if (!raw.isScanned || counts.total === 0 || !isQuiet) return;
  const code = failures.settingsErrorCode;
  if (counts.done === 0 && counts.failed > 0 && code !== null)
    lifecycle.signal('failed', settingsFailureReason(code));
  else {
    lifecycle.signal('all_settled');
    session.lostWork.reset();
  }
}

const START_LOST =
  'The file workflow/session.json was lost: start the session again and give its parameters.';
const NOT_STARTED: ReadonlySet<string> = new Set(['unknown', 'incomplete_or_empty', 'needs_processing']);

export const settingsFailureReason = (code: ErrorCode): string =>
  `Several movies in a row failed: ${ERRORS[code].text} ${ERRORS[code].remedy}`;
