import { describe, expect, it } from 'vitest';
import { createDrift } from '../../src/simulator/drift.ts';

const length = ([x, y]: readonly [number, number]) => Math.hypot(x, y);

describe('drift', () => {
  it('starts at zero and, without the random walk, ends at the given distance', () => {
    const shifts = createDrift({ frames: 24, driftPixels: 10, jitterPixels: 0, seed: 4 });
    expect(shifts[0]).toEqual([0, 0]);
    expect(length(shifts[23]!)).toBeCloseTo(10, 3);
  });

  it('is fast at the start', () => {
    const shifts = createDrift({ frames: 24, driftPixels: 10, jitterPixels: 0, seed: 4 });
    const step = (i: number) =>
      length([shifts[i]![0] - shifts[i - 1]![0], shifts[i]![1] - shifts[i - 1]![1]]);
    expect(step(1)).toBeGreaterThan(4 * step(23));
    expect(length(shifts[6]!)).toBeGreaterThan(5);
  });

  it('has a random walk with the given jitter', () => {
    const frames = 4000;
    const shifts = createDrift({ frames, driftPixels: 0, jitterPixels: 0.3, seed: 9 });
    const steps = shifts.slice(1).map(([x], i) => x - shifts[i]![0]);
    expect(Math.sqrt(steps.reduce((sum, s) => sum + s * s, 0) / steps.length)).toBeCloseTo(0.3, 1);
  });
});
