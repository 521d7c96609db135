import { describe, expect, it } from 'vitest';
import { interpolateGaps, problemsOf, unusableFrames } from '../../../src/engine/motion/unusable.ts';

describe('a trajectory across dark frames', () => {
  it('is linear across a gap, and constant before the first known point and after the last', () => {
    const trajectory = interpolateGaps(
      [
        [1, 0],
        [2, 4],
        [8, -2],
      ],
      [1, 2, 5],
      7,
    );
    expect(trajectory).toEqual([
      [1, 0],
      [1, 0],
      [2, 4],
      [4, 2],
      [6, 0],
      [8, -2],
      [8, -2],
    ]);
  });

  it('is unchanged if no frame is dark', () => {
    const trajectory = [[0, 0] as const, [1, 2] as const];
    expect(interpolateGaps(trajectory, [0, 1], 2)).toEqual(trajectory);
  });
});

describe('the problem of a frame', () => {
  const noneFlat = [false, false, false, false, false];

  it('is null if counts differ by less than a factor of four', () => {
    expect(problemsOf([10, 3, 39, 12, 9], noneFlat)).toEqual([null, null, null, null, null]);
  });

  it('is determined relative to the median of the frames that are neither empty nor flat', () => {
    expect(problemsOf([10, 2, 0, 51, 11], noneFlat)).toEqual([null, 'dark', 'dark', 'bright', null]);
    const threeFlat = [true, true, true, false, false];
    expect(problemsOf([255, 255, 255, 10, 11], threeFlat)).toEqual(['flat', 'flat', 'flat', null, null]);
  });
});

describe('the warning about frames that cannot be aligned', () => {
  it('has frame numbers of the movie, whatever the groups and the first frame used', () => {
    const problems = ['dark', null, null, 'dark', null, 'dark'] as const;
    expect(unusableFrames(problems, [2, 2, 3, 2, 2, 1], 3)).toEqual([
      {
        kind: 'unusable-frames',
        problem: 'dark',
        ranges: [
          [3, 4],
          [10, 11],
          [14, 14],
        ],
      },
    ]);
  });

  it('is separate for each kind of unusable frame', () => {
    expect(unusableFrames(['bright', 'flat', 'flat', null], [1, 1, 1, 1], 1)).toEqual([
      { kind: 'unusable-frames', problem: 'bright', ranges: [[1, 1]] },
      { kind: 'unusable-frames', problem: 'flat', ranges: [[2, 3]] },
    ]);
  });

  it('is absent if all frames can be aligned', () => {
    expect(unusableFrames([null, null], [1, 1], 1)).toEqual([]);
  });
});
