import { describe, expect, it } from 'vitest';
import { imageStatistics } from '../../../src/engine/pictures/image-statistics.ts';

describe('imageStatistics', () => {
  it('agrees with the closed form for 0..n-1', () => {
    const n = 1001;
    const found = imageStatistics(Float32Array.from({ length: n }, (_, i) => i));
    expect(found).toMatchObject({ minimum: 0, maximum: n - 1, mean: (n - 1) / 2 });
    expect(found.standardDeviation).toBeCloseTo(Math.sqrt((n * n - 1) / 12), 6);
  });

  it('keeps a small spread on a large mean', () => {
    const found = imageStatistics(Float32Array.from({ length: 1000 }, (_, i) => 1e6 + (i % 2)));
    expect(found.mean).toBeCloseTo(1e6 + 0.5, 6);
    expect(found.standardDeviation).toBeCloseTo(0.5, 6);
  });
});
