import { describe, expect, it } from 'vitest';
import type { SessionSummary } from '../../../src/contract/api.ts';
import {
  facilityTotals,
  isMicroscopeActive,
  namesOf,
  orderKey,
  selectSessions,
  sortAsShown,
} from '../../../web/src/facility/session-list.ts';

const counts = { arriving: 0, waiting: 0, queued: 0, done: 0, failed: 0, total: 0 };
const sessionOf = (session: string, changes: Partial<SessionSummary> = {}): SessionSummary => ({
  project: 'p1',
  user: 'ann',
  session,
  state: 'processing_complete',
  reason: null,
  counts,
  cycle: null,
  ratePerHour: null,
  arrivalsPerHour: null,
  secondsLeft: null,
  behindSince: null,
  lastMovieAt: null,
  lastResultAt: null,
  warnings: [],
  lastThumbnail: null,
  ...changes,
});
const names = (sessions: SessionSummary[]) => sessions.map((s) => s.session);

describe('list of sessions', () => {
  it('finds sessions whose name contains every word of the search', () => {
    const all = [
      sessionOf('grid1'),
      sessionOf('grid2', { user: 'bob' }),
      sessionOf('other', { user: 'bob' }),
    ];
    expect(names(selectSessions(all, 'BOB grid', { filter: 'all' }))).toEqual(['grid2']);
    expect(selectSessions(all, '', { filter: 'all' })).toHaveLength(3);
  });

  it('lists sessions in progress first, then by last activity', () => {
    const all = [
      sessionOf('old', { lastResultAt: '2026-01-01T00:00:00Z' }),
      sessionOf('new', { lastResultAt: '2026-02-01T00:00:00Z' }),
      sessionOf('running', { state: 'processing' }),
    ];
    expect(names(selectSessions(all, '', { filter: 'all' }))).toEqual(['running', 'new', 'old']);
  });

  it('lists sessions with failures or warnings, or that require action, under "attention"', () => {
    const all = [
      sessionOf('fine'),
      sessionOf('stuck', { state: 'processing_failure' }),
      sessionOf('warned', { warnings: ['no gain'] }),
      sessionOf('lost some', { counts: { ...counts, failed: 1 } }),
    ];
    expect(names(selectSessions(all, '', { filter: 'attention' })).sort()).toEqual([
      'lost some',
      'stuck',
      'warned',
    ]);
  });
});

describe('the list when sessions change', () => {
  const all = [sessionOf('a'), sessionOf('b', { state: 'processing' }), sessionOf('c')];

  it('keeps its order when results arrive, and changes it when processing of a session starts or ends', () => {
    const later = all.map((s) => ({ ...s, lastResultAt: '2026-03-01T00:00:00Z' }));
    expect(orderKey(later)).toBe(orderKey(all));
    expect(orderKey([{ ...all[0]!, state: 'processing' as const }, ...all.slice(1)])).not.toBe(orderKey(all));
    expect(names(sortAsShown(all, ['p1/ann/c', 'p1/ann/a']))).toEqual(['c', 'a', 'b']);
  });

  it('is filtered by project and user', () => {
    const other = sessionOf('d', { project: 'p2', user: 'bob' });
    expect(names(selectSessions([...all, other], '', { filter: 'all', project: 'p2' }))).toEqual(['d']);
    expect(namesOf([...all, other], 'user')).toEqual(['ann', 'bob']);
  });

  it('shows a microscope as active if it wrote a movie in the last minutes', () => {
    const now = Date.parse('2026-03-01T00:10:00Z');
    expect(isMicroscopeActive(sessionOf('a', { lastMovieAt: '2026-03-01T00:06:00Z' }), now)).toBe(true);
    expect(isMicroscopeActive(sessionOf('a', { lastMovieAt: '2026-03-01T00:04:00Z' }), now)).toBe(false);
    expect(isMicroscopeActive(sessionOf('a'), now)).toBe(false);
  });

  it('has totals of sessions in progress, sessions with failures, movies per hour and movies left', () => {
    const working = sessionOf('w', {
      state: 'processing',
      ratePerHour: 120,
      counts: { ...counts, waiting: 3, queued: 2, failed: 1, total: 6 },
    });
    expect(facilityTotals([...all, working])).toEqual({
      processing: 2,
      withFailures: 1,
      perHour: 120,
      left: 5,
    });
  });
});
