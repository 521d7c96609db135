import { describe, expect, it } from 'vitest';
import { acrossGaps, darkWarnings } from '../../../src/engine/motion/dark.ts';

describe('a path across dark frames', () => {
  it('is straight across a gap, and at rest before the first known point and after the last', () => {
    const path = acrossGaps(
      [
        [1, 0],
        [2, 4],
        [8, -2],
      ],
      [1, 2, 5],
      7,
    );
    expect(path).toEqual([
      [1, 0],
      [1, 0],
      [2, 4],
      [4, 2],
      [6, 0],
      [8, -2],
      [8, -2],
    ]);
  });

  it('is the path itself where none is dark', () => {
    const path = [[0, 0] as const, [1, 2] as const];
    expect(acrossGaps(path, [0, 1], 2)).toEqual(path);
  });
});

describe('the warning of dark frames', () => {
  it('names frames of the movie, whatever the groups and the first frame used', () => {
    const [text] = darkWarnings([1, 2, 4], [2, 2, 3, 2, 2, 1], 3);
    expect(text).toContain('Frames 3-4, 10-11, 14 hold');
  });

  it('is none where all are lit', () => {
    expect(darkWarnings([0, 1], [1, 1], 1)).toEqual([]);
  });
});
