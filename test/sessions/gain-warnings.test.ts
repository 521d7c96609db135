import { describe, expect, test } from 'vitest';
import type { GainCheck } from '../../src/contract/record.ts';
import { noteGainCheck } from '../../src/sessions/gain-warnings.ts';
import { pathsOf } from '../../src/sessions/names.ts';
import { newSession } from '../../src/sessions/session.ts';

const session = () => {
  const paths = pathsOf('/s', { project: 'p', user: 'u', session: 's' });
  return newSession(1, { project: 'p', user: 'u', session: 's' }, paths, 0);
};
const check = (verdict: GainCheck['verdict'], score = 0.9): GainCheck => ({
  verdict,
  setting: { rotate: 0, flip: 0 },
  best: verdict === 'contradicts' ? { rotate: 0, flip: 1 } : null,
  margin: score,
  scores: [{ rotate: 0, flip: 1, score }],
  error: 0.01,
});

describe('what movies say of the gain', () => {
  test('a contradiction warns on the session, with the setting that would fit', () => {
    const watched = session();
    noteGainCheck(watched, { gainCheck: check('contradicts') });
    expect(watched.gainWarnings.join()).toContain('rotgain 0, flipgain 1');
  });

  test('the warning stays as it is from movie to movie, and through thin evidence', () => {
    const watched = session();
    noteGainCheck(watched, { gainCheck: check('contradicts', 0.9) });
    const first = watched.gainWarnings;
    noteGainCheck(watched, { gainCheck: check('contradicts', 0.8) });
    noteGainCheck(watched, { gainCheck: check('thin') });
    noteGainCheck(watched, {});
    expect(watched.gainWarnings).toBe(first);
  });

  test('a movie that agrees takes the warning back', () => {
    const watched = session();
    noteGainCheck(watched, { gainCheck: check('absent') });
    expect(watched.gainWarnings).toHaveLength(1);
    noteGainCheck(watched, { gainCheck: check('agrees') });
    expect(watched.gainWarnings).toEqual([]);
  });
});
