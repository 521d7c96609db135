import { expect, it } from 'vitest';
import { lowerBound } from '../../../web/src/data/lower-bound.ts';

it('finds the first of ascending values that is not below a limit', () => {
  const values = Uint32Array.of(1, 4, 9);
  expect([0, 1, 2, 4, 5, 10].map((limit) => lowerBound(values, limit))).toEqual([0, 0, 1, 1, 2, 3]);
  expect(lowerBound([], 3)).toBe(0);
});
