import { describe, expect, it } from 'vitest';
import { orientGain } from '../../../src/engine/motion/orient.ts';

/** Rows in file order: 1 2 3 / 4 5 6. A viewer with row 0 at the bottom shows 4 5 6 above 1 2 3. */
const gain = { width: 3, height: 2, data: Float32Array.of(1, 2, 3, 4, 5, 6), pixelSizeA: null };

const displayedRows = (rotate: 0 | 1 | 2 | 3, flip: 0 | 1 | 2) => {
  const { width, height, data } = orientGain(gain, { rotate, flip });
  return Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)].join(' '))
    .reverse()
    .join(' / ');
};

describe('orientation of the gain reference as displayed by a viewer with row 0 at the bottom', () => {
  it.each([
    [0, 0, '4 5 6 / 1 2 3'],
    [1, 0, '6 3 / 5 2 / 4 1'],
    [2, 0, '3 2 1 / 6 5 4'],
    [3, 0, '1 4 / 2 5 / 3 6'],
    [0, 1, '1 2 3 / 4 5 6'],
    [0, 2, '6 5 4 / 3 2 1'],
    [1, 1, '4 1 / 5 2 / 6 3'],
    [1, 2, '3 6 / 2 5 / 1 4'],
  ] as const)('rotate %i counter-clockwise, then flip %i', (rotate, flip, expected) => {
    expect(displayedRows(rotate, flip)).toBe(expected);
  });
});
