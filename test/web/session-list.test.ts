import { describe, expect, it } from 'vitest';
import type { SessionSummary } from '../../src/contract/api.ts';
import { selectSessions } from '../../web/src/data/session-list.ts';

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
  secondsLeft: null,
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
    expect(names(selectSessions(all, 'BOB grid', 'all'))).toEqual(['grid2']);
    expect(selectSessions(all, '', 'all')).toHaveLength(3);
  });

  it('puts those in work first, then those with the latest sign of life', () => {
    const all = [
      sessionOf('old', { lastResultAt: '2026-01-01T00:00:00Z' }),
      sessionOf('new', { lastResultAt: '2026-02-01T00:00:00Z' }),
      sessionOf('running', { state: 'processing' }),
    ];
    expect(names(selectSessions(all, '', 'all'))).toEqual(['running', 'new', 'old']);
  });

  it('shows under attention what failed, warns or waits for a person', () => {
    const all = [
      sessionOf('fine'),
      sessionOf('stuck', { state: 'processing_failure' }),
      sessionOf('warned', { warnings: ['no gain'] }),
      sessionOf('lost some', { counts: { ...counts, failed: 1 } }),
    ];
    expect(names(selectSessions(all, '', 'attention')).sort()).toEqual(['lost some', 'stuck', 'warned']);
  });
});
