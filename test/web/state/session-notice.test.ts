import { describe, expect, it } from 'vitest';
import type { SessionSummary } from '../../../src/contract/api.ts';
import { noticeOf } from '../../../web/src/state/session-notice.ts';

const counts = { arriving: 0, waiting: 0, queued: 1, done: 3, failed: 0, total: 4 };
const BEFORE: SessionSummary = {
  project: 'p',
  user: 'u',
  session: 's',
  state: 'processing',
  reason: null,
  counts,
  cycle: null,
  ratePerHour: null,
  arrivalsPerHour: null,
  secondsLeft: null,
  behindSince: null,
  lastMovieAt: null,
  lastResultAt: null,
  warnings: ['old'],
  lastThumbnail: null,
};
const noticeAfter = (changes: Partial<SessionSummary>) => noticeOf(BEFORE, { ...BEFORE, ...changes });

describe('notices', () => {
  it('are sent when a session is complete or requires action', () => {
    expect(noticeAfter({ state: 'processing_complete' })).toEqual({ kind: 'done' });
    expect(noticeAfter({ state: 'processing_failure', reason: 'The disk is full.' })).toEqual({
      kind: 'failure',
      reason: 'The disk is full.',
    });
  });

  it('are sent for the first failure and for each new warning, but not for further failures', () => {
    const failed = { ...counts, failed: 1 };
    expect(noticeAfter({ counts: failed })).toEqual({ kind: 'failures', count: 1 });
    expect(
      noticeOf({ ...BEFORE, counts: failed }, { ...BEFORE, counts: { ...counts, failed: 2 } }),
    ).toBeNull();
    expect(noticeAfter({ warnings: ['old', 'new'] })).toEqual({ kind: 'warning', warning: 'new' });
  });

  it('are not sent for results or for actions of users', () => {
    expect(noticeAfter({ counts: { ...counts, done: 4 } })).toBeNull();
    expect(noticeAfter({ state: 'needs_processing', reason: 'Stopped by a user.' })).toBeNull();
    expect(
      noticeOf({ ...BEFORE, state: 'needs_processing' }, { ...BEFORE, state: 'processing_complete' }),
    ).toBeNull();
  });
});
