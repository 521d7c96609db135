import type { SessionSummary } from '../../../src/contract/api.ts';
import { isInProgress } from '../../../src/contract/states.ts';
import type { SessionFilter } from '../routes.ts';

export const isActive = ({ state }: SessionSummary): boolean => isInProgress(state);

const filters: Record<SessionFilter, (s: SessionSummary) => boolean> = {
  all: () => true,
  active: isActive,
  attention: (s) =>
    s.state === 'processing_failure' ||
    s.state === 'needs_processing' ||
    s.counts.failed > 0 ||
    s.warnings.length > 0,
  done: (s) => s.state === 'processing_complete',
};

const lastActivityMs = (s: SessionSummary) =>
  Date.parse(s.lastResultAt ?? s.lastMovieAt ?? '1970-01-01T00:00:00Z');

/** Filters in addition to the search text. */
export interface SessionFilters {
  readonly filter: SessionFilter;
  readonly project?: string | undefined;
  readonly user?: string | undefined;
}

/** Sessions that match every word of the search, those in progress first, then by their last activity. */
export function selectSessions(
  sessions: readonly SessionSummary[],
  search: string,
  { filter, project, user }: SessionFilters,
) {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return sessions
    .filter((s) => filters[filter](s) && (project ?? s.project) === s.project && (user ?? s.user) === s.user)
    .filter((s) => {
      const name = keyOf(s).toLowerCase();
      return words.every((word) => name.includes(word));
    })
    .sort(
      (a, b) =>
        Number(isActive(b)) - Number(isActive(a)) ||
        lastActivityMs(b) - lastActivityMs(a) ||
        a.session.localeCompare(b.session),
    );
}

const keyOf = (s: SessionSummary) => `${s.project}/${s.user}/${s.session}`;

/** Changes when a session appears, disappears, starts or ends: only then may the order of the list change. */
export const orderKey = (sessions: readonly SessionSummary[]): string =>
  sessions
    .map((s) => `${keyOf(s)} ${isActive(s)}`)
    .sort()
    .join('\n');

/**
 * The sessions in the order in which they are shown, so that none moves under the pointer; new ones come
 * last.
 */
export function sortAsShown(
  sessions: readonly SessionSummary[],
  shownKeys: readonly string[],
): SessionSummary[] {
  const positions = new Map(shownKeys.map((key, position) => [key, position]));
  const positionOf = (s: SessionSummary) => positions.get(keyOf(s)) ?? shownKeys.length;
  return [...sessions].sort((a, b) => positionOf(a) - positionOf(b));
}

/** A microscope that has not written a movie for this long is idle. */
const IDLE_MS = 5 * 60_000;

export const isMicroscopeActive = (session: SessionSummary, nowMs: number): boolean =>
  session.lastMovieAt !== null && nowMs - Date.parse(session.lastMovieAt) < IDLE_MS;

/** Totals over the sessions. */
export function facilityTotals(sessions: readonly SessionSummary[]) {
  const totals = { processing: 0, withFailures: 0, perHour: 0, left: 0 };
  for (const session of sessions) {
    if (isActive(session)) totals.processing++;
    if (session.state === 'processing_failure' || session.counts.failed > 0) totals.withFailures++;
    if (isActive(session)) totals.perHour += session.ratePerHour ?? 0;
    totals.left += session.counts.waiting + session.counts.queued;
  }
  return totals;
}

/** Projects or users by which the list can be filtered, sorted. */
export const namesOf = (sessions: readonly SessionSummary[], field: 'project' | 'user'): string[] =>
  [...new Set(sessions.map((s) => s[field]))].sort();
