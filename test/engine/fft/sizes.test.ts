import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { radicesOf } from '../../../src/engine/fft/plan.ts';
import {
  fastColumnLength,
  fastSize,
  isFastColumnLength,
  isRowLength,
} from '../../../src/engine/fft/sizes.ts';

describe('fast sizes', () => {
  it.each([
    [3838, 3710, 3840, 3750],
    [5760, 4092, 5760, 4096],
    [11520, 8184, 11520, 8192],
    [4096, 4096, 4096, 4096],
    [1, 1, 32, 1],
  ])('for a camera with %i x %i pixels', (width, height, fastWidth, fastHeight) => {
    const size = fastSize(width, height);
    expect(size.width).toBe(fastWidth);
    expect(size.height).toBeLessThanOrEqual(fastHeight);
    expect(size.height).toBeGreaterThanOrEqual(height);
    expect(isRowLength(size.width)).toBe(true);
    expect(isFastColumnLength(size.height)).toBe(true);
  });

  it('are the smallest possible', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20000 }), (n) => {
        const fast = fastColumnLength(n);
        for (let k = n; k < fast; k++) expect(isFastColumnLength(k)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it('have radices whose product is the size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20000 }), (n) => {
        expect(radicesOf(n).reduce((product, radix) => product * radix, 1)).toBe(n);
      }),
    );
  });
});
