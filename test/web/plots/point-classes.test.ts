import { describe, expect, it } from 'vitest';
import { classify } from '../../../web/src/plots/point-classes.ts';

describe('classes of points', () => {
  const isRejected = (i: number) => i === 2 || i === 3;
  const isFaint = (i: number) => i % 2 === 1;
  const listsOf = (mask: Uint8Array | null) => {
    const { normal, faint, rejected, unselected } = classify(6, mask, isRejected, isFaint);
    return [normal, faint, rejected, unselected].map((list) => [...list]);
  };

  it('contain every movie once; a rejected movie is in no other class', () => {
    expect(listsOf(null)).toEqual([[0, 4], [1, 5], [2, 3], []]);
  });

  it('put movies that are not selected into the class "unselected"', () => {
    expect(listsOf(Uint8Array.of(1, 0, 1, 0, 0, 1))).toEqual([[0], [5], [2, 3], [1, 4]]);
  });
});
