import { describe, expect, it } from 'vitest';
import { imageStatistics } from '../../../src/engine/pictures/image-statistics.ts';

describe('imageStatistics', () => {
  it('agrees with the closed form for 0..n-1', () => {
    const n = 1001;
    const statistics = imageStatistics(Float32Array.from({ length: n }, (_, i) => i));
    expect(statistics).toMatchObject({ minimum: 0, maximum: n - 1, mean: (n - 1) / 2 });
    expect(statistics.standardDeviation).toBeCloseTo(Math.sqrt((n * n - 1) / 12), 6);
  });

  it('measures a small spread accurately at a large mean', () => {
    const statistics = imageStatistics(Float32Array.from({ length: 1000 }, (_, i) => 1e6 + (i % 2)));
    expect(statistics.mean).toBeCloseTo(1e6 + 0.5, 6);
    expect(statistics.standardDeviation).toBeCloseTo(0.5, 6);
  });
});
