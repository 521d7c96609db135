import { describe, expect, it } from 'vitest';
import type { SessionSummary } from '../../../src/contract/api.ts';
import {
  facilityTotals,
  inShownOrder,
  isBusy,
  namesOf,
  orderMark,
  selectSessions,
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
  it('finds sessions by every word of the search, in any part of the name', () => {
    const all = [
      sessionOf('grid1'),
      sessionOf('grid2', { user: 'bob' }),
      sessionOf('other', { user: 'bob' }),
    ];
    expect(names(selectSessions(all, 'BOB grid', { filter: 'all' }))).toEqual(['grid2']);
    expect(selectSessions(all, '', { filter: 'all' })).toHaveLength(3);
  });

  it('puts those in work first, then those with the latest sign of life', () => {
    const all = [
      sessionOf('old', { lastResultAt: '2026-01-01T00:00:00Z' }),
      sessionOf('new', { lastResultAt: '2026-02-01T00:00:00Z' }),
      sessionOf('running', { state: 'processing' }),
    ];
    expect(names(selectSessions(all, '', { filter: 'all' }))).toEqual(['running', 'new', 'old']);
  });

  it('shows under attention what failed, warns or waits for a person', () => {
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

describe('the list while sessions change', () => {
  const all = [sessionOf('a'), sessionOf('b', { state: 'processing' }), sessionOf('c')];

  it('keeps its order while results come, and changes it when a session begins or ends its work', () => {
    const later = all.map((s) => ({ ...s, lastResultAt: '2026-03-01T00:00:00Z' }));
    expect(orderMark(later)).toBe(orderMark(all));
    expect(orderMark([{ ...all[0]!, state: 'processing' as const }, ...all.slice(1)])).not.toBe(
      orderMark(all),
    );
    expect(names(inShownOrder(all, ['p1/ann/c', 'p1/ann/a']))).toEqual(['c', 'a', 'b']);
  });

  it('is narrowed to a project and a user', () => {
    const other = sessionOf('d', { project: 'p2', user: 'bob' });
    expect(names(selectSessions([...all, other], '', { filter: 'all', project: 'p2' }))).toEqual(['d']);
    expect(namesOf([...all, other], 'user')).toEqual(['ann', 'bob']);
  });

  it('calls a microscope busy that wrote a movie in the last minutes', () => {
    const now = Date.parse('2026-03-01T00:10:00Z');
    expect(isBusy(sessionOf('a', { lastMovieAt: '2026-03-01T00:06:00Z' }), now)).toBe(true);
    expect(isBusy(sessionOf('a', { lastMovieAt: '2026-03-01T00:04:00Z' }), now)).toBe(false);
    expect(isBusy(sessionOf('a'), now)).toBe(false);
  });

  it('sums what is in work', () => {
    const working = sessionOf('w', {
      state: 'processing',
      ratePerHour: 120,
      counts: { ...counts, waiting: 3, queued: 2, failed: 1, total: 6 },
    });
    expect(facilityTotals([...all, working])).toEqual({ processing: 2, attention: 1, perHour: 120, left: 5 });
  });
});
