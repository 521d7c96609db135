import type { SessionSummary } from '../../../src/contract/api.ts';
import type { SessionState } from '../../../src/contract/states.ts';

/** What the list of sessions can be narrowed to. */
export const SESSION_FILTERS = ['all', 'active', 'attention', 'done'] as const;
export type SessionFilter = (typeof SESSION_FILTERS)[number];

const ACTIVE: readonly SessionState[] = ['processing', 'processing_start'];

const shows: Record<SessionFilter, (s: SessionSummary) => boolean> = {
  all: () => true,
  active: (s) => ACTIVE.includes(s.state),
  attention: (s) =>
    s.state === 'processing_failure' ||
    s.state === 'needs_processing' ||
    s.counts.failed > 0 ||
    s.warnings.length > 0,
  done: (s) => s.state === 'processing_complete',
};

const lastSign = (s: SessionSummary) => Date.parse(s.lastResultAt ?? s.lastMovieAt ?? '1970-01-01T00:00:00Z');

/** Sessions that match every word of the search, those in work first, then by their last sign of life. */
export function selectSessions(sessions: readonly SessionSummary[], search: string, filter: SessionFilter) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return sessions
    .filter((s) => shows[filter](s))
    .filter((s) => {
      const name = `${s.project}/${s.user}/${s.session}`.toLowerCase();
      return words.every((word) => name.includes(word));
    })
    .sort(
      (a, b) =>
        Number(ACTIVE.includes(b.state)) - Number(ACTIVE.includes(a.state)) ||
        lastSign(b) - lastSign(a) ||
        a.session.localeCompare(b.session),
    );
}
