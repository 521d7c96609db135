import { describe, expect, it } from 'vitest';
import type { AlignFinding, CtfFinding } from '../../src/engine/findings.ts';
import { alignWarnings, ctfWarnings } from '../../src/pipeline/finding-texts.ts';
import { gainAdvice, gainWarnings } from '../../src/pipeline/gain-advice.ts';

const warningText = (finding: AlignFinding) => alignWarnings([finding]).join();

describe('warnings about an alignment', () => {
  it('name frames of the movie that cannot be aligned', () => {
    const ranges = [
      [3, 4],
      [10, 11],
      [14, 14],
    ] as const;
    expect(warningText({ kind: 'unusable-frames', problem: 'dark', ranges })).toContain(
      'Frames 3-4, 10-11, 14: less than a quarter',
    );
    expect(warningText({ kind: 'unusable-frames', problem: 'bright', ranges: [[1, 1]] })).toContain(
      'Frame 1: more than four times',
    );
    expect(warningText({ kind: 'unusable-frames', problem: 'flat', ranges: [[2, 3]] })).toContain(
      'Frames 2-3: saturated',
    );
  });

  it.each<[AlignFinding, string]>([
    [{ kind: 'gain-resized', ratio: 0.5, width: 8, height: 6 }, 'half the size of the movie (8x6)'],
    [{ kind: 'gain-resized', ratio: 2, width: 8, height: 6 }, 'twice the size of the movie (8x6)'],
    [{ kind: 'eer-dose-too-high', totalDoseEA2: 384, cameraFrames: 96 }, 'give the dose of one camera frame'],
    [{ kind: 'even-odd-not-weighted' }, 'even and odd sums are not dose-weighted'],
    [{ kind: 'no-motion-measured' }, 'the frames were summed without alignment'],
    [{ kind: 'not-converged' }, 'Alignment did not converge'],
    [{ kind: 'dose-unknown' }, 'The dose is not known'],
    [
      { kind: 'no-local-motion', reason: { kind: 'patches-not-tracked', outliers: 3, points: 5 } },
      'Local motion was not corrected. Patches could not be tracked: 3 of 5',
    ],
  ])('%o', (finding, text) => {
    expect(warningText(finding)).toContain(text);
  });

  it('are absent if patches move with the whole frame', () => {
    expect(warningText({ kind: 'no-local-motion', reason: { kind: 'moves-as-a-whole' } })).toBe('');
  });
});

describe('warnings about a CTF fit', () => {
  it.each<[CtfFinding, RegExp]>([
    [
      { kind: 'no-rings', weakness: { kind: 'faint' } },
      /^no usable Thon rings in the spectrum: .*\(Thon rings barely rise above the noise/,
    ],
    [
      { kind: 'uncertain', weakness: { kind: 'few-rings', rings: 0.84 } },
      /uncertain: .* over only 0\.8 rings$/,
    ],
    [
      { kind: 'uncertain', weakness: { kind: 'inaccurate', relativeError: 0.0215 } },
      /standard error of the defocus is 2\.1 %$/,
    ],
    [{ kind: 'at-range-edge', minimumDefocusA: 3000, maximumDefocusA: 60000 }, /search range 3000-60000 A$/],
    [{ kind: 'fading', directionDeg: 35 }, /in the direction at 35 degrees than perpendicular to it/],
  ])('%o', (finding, text) => {
    expect(ctfWarnings([finding]).join()).toMatch(text);
  });
});

describe('advice on a gain reference', () => {
  const base = { setting: { rotate: 0, flip: 0 }, best: null, margin: 0, error: 0.01, scores: [] } as const;
  const check = { ...base, scores: [{ rotate: 0, flip: 0, score: 0.5 } as const] };

  it('names the best match if the orientation is wrong, and what to do about it', () => {
    const { message, remedy } = gainAdvice({
      ...check,
      verdict: 'contradicts',
      best: { rotate: 0, flip: 1 },
    });
    expect(message).toBe(
      'The gain orientation is wrong: the best match is rotgain 0, flipgain 1, not rotgain 0, flipgain 0.',
    );
    expect(remedy).toContain('Resume with rotgain 0, flipgain 1');
  });

  it('warns of a gain that does not belong to these movies', () => {
    expect(gainWarnings({ ...check, verdict: 'absent' }).join()).toContain('already corrected');
  });

  it('causes no warning if the orientation is correct or the check is inconclusive; a message explains the latter', () => {
    expect(gainWarnings({ ...check, verdict: 'agrees' })).toEqual([]);
    expect(gainWarnings({ ...check, verdict: 'thin' })).toEqual([]);
    expect(gainAdvice({ ...check, verdict: 'thin', error: null }).message).toMatch(
      /^Inconclusive: .* is flat/,
    );
    expect(gainAdvice({ ...check, verdict: 'thin', margin: 0.4 }).message).toMatch(/not enough counts/);
    expect(gainAdvice({ ...check, verdict: 'thin', margin: 0.01 }).message).toMatch(/several orientations/);
    expect(gainAdvice({ ...check, verdict: 'thin', error: 0.2 }).message).toMatch(/counting noise/);
  });
});
