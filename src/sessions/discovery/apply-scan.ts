import type { Context } from '../context.ts';
import { advance } from '../lifecycle/advance.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import type { Session } from '../session.ts';
import { applyChanges } from './apply-changes.ts';
import type { ScanReport } from './messages.ts';

/** Applies the result of a scan of `raw` to the session. */
export function applyScan(
  context: Context,
  inFlight: BatchesInFlight,
  session: Session,
  report: ScanReport,
): void {
  const { raw, lifecycle } = session;
  const isReadableAgain = raw.beginScan(report);
  if (report.changes.length > 0) applyChanges(context, inFlight, session, report.changes);
  else context.bus.emit('sessionChanged', session); // its warnings or skipped files have changed
  raw.endScan();
  if (isReadableAgain && lifecycle.state === 'processing_failure') lifecycle.signal('recovered');
  for (const path of report.gains) context.bus.emit('gainReady', session, path);
  advance(context, session);
  context.bus.emit('workAvailable');
}
