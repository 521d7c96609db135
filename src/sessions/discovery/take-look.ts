import type { Context } from '../context.ts';
import { advance } from '../lifecycle/advance.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import type { Session } from '../session.ts';
import type { LookReport } from './messages.ts';
import { takeChanges } from './take-changes.ts';

/** Applies the result of a scan of `raw` to the session. */
export function takeLook(
  context: Context,
  inFlight: BatchesInFlight,
  session: Session,
  report: LookReport,
): void {
  const { raw, lifecycle } = session;
  const isReadableAgain = raw.beginLook(report);
  if (report.changes.length > 0) takeChanges(context, inFlight, session, report.changes);
  raw.endLook();
  if (isReadableAgain && lifecycle.state === 'processing_failure') lifecycle.signal('can_go_on');
  for (const path of report.gains) context.bus.emit('gainReady', session, path);
  advance(context, session);
  context.bus.emit('workAppeared');
}
