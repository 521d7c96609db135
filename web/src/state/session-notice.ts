import type { SessionSummary } from '../../../src/contract/api.ts';
import { isInProgress } from '../../../src/contract/states.ts';

/** A change of a session about which the user is notified. */
export type Notice =
  | { readonly kind: 'done' }
  | { readonly kind: 'failure'; readonly reason: string | null }
  | { readonly kind: 'failures'; readonly count: number }
  | { readonly kind: 'warning'; readonly warning: string };

/** The notice for a change of a session; null if there is none. */
export function noticeOf(before: SessionSummary, now: SessionSummary): Notice | null {
  if (now.state !== before.state) {
    if (now.state === 'processing_failure') return { kind: 'failure', reason: now.reason };
    if (now.state === 'processing_complete' && isInProgress(before.state)) return { kind: 'done' };
  }
  if (before.counts.failed === 0 && now.counts.failed > 0)
    return { kind: 'failures', count: now.counts.failed };
  const newWarning = now.warnings.find((warning) => !before.warnings.includes(warning));
  return newWarning !== undefined && isInProgress(now.state)
    ? { kind: 'warning', warning: newWarning }
    : null;
}
