import { describe, expect, it } from 'vitest';
import type { SessionGainCheck } from '../../../src/contract/api.ts';
import {
  isSameOrientation,
  ORIENTATIONS,
  type Orientation,
} from '../../../src/engine/gain-orientation/orientations.ts';
import { canonicalSetting, gainBars } from '../../../web/src/gain/gain.ts';

const SETTINGS = ([0, 1, 2, 3] as const).flatMap((rotate) =>
  ([0, 1, 2] as const).map((flip): Orientation => ({ rotate, flip })),
);

const gainCheck: SessionGainCheck = {
  verdict: 'contradicts',
  gain: { path: '/g', rotate: 2, flip: 1 },
  best: { rotate: 1, flip: 2 },
  scores: ORIENTATIONS.map((o, i) => ({ ...o, score: i / 10 })),
  none: 0.3,
  margin: 0.1,
  error: 0.01,
  movies: 1,
  base: null,
  picture: null,
  message: '',
  remedy: '',
};

describe('the gain panel', () => {
  it('identifies which of the twelve settings are equivalent', () => {
    for (const a of SETTINGS)
      for (const b of SETTINGS)
        expect(canonicalSetting(a) === canonicalSetting(b), JSON.stringify([a, b])).toBe(
          isSameOrientation(a, b),
        );
  });

  it('lists eight orientations and "none", and marks the current and the best one, even if they are given as equivalent settings', () => {
    const bars = gainBars(gainCheck);
    expect(bars).toHaveLength(9);
    expect(bars.filter(({ isInUse }) => isInUse).map(({ setting }) => setting)).toEqual([
      { rotate: 0, flip: 2 },
    ]);
    expect(bars.filter(({ isBest }) => isBest).map(({ setting }) => setting)).toEqual([
      { rotate: 1, flip: 2 },
    ]);
    expect(bars.at(-1)).toMatchObject({ key: 'none', score: 0.3, setting: null });
  });

  it('describes each orientation differently', () => {
    const labels = gainBars(gainCheck).map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
  });
});
