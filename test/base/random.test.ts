import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';

describe('random numbers', () => {
  it('are always the same for the same seed and streams', () => {
    const random = createRandom(7, 3);
    expect([
      random.uint32(),
      random.uint32(),
      random.uniform(),
      random.gaussian(),
      random.between(2, 4),
    ]).toEqual([930361216, 622261563, 0.7585876935627311, -0.9767534445781695, 2.9911703476682305]);
  });

  it('differ between seeds and between streams', () => {
    const first = (...words: [number, ...number[]]) => createRandom(...words).uint32();
    const all = [first(1), first(2), first(1, 0), first(1, 1), first(2 ** 40 + 1), first(-1)];
    expect(new Set(all).size).toBe(all.length);
  });

  it('have the mean and standard deviation of their distribution', () => {
    const random = createRandom(11);
    const n = 100_000;
    const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / n;
    const uniform = Array.from({ length: n }, () => random.uniform());
    const gaussian = Array.from({ length: n }, () => random.gaussian());
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    expect(mean(uniform.map((v) => (v - 0.5) ** 2))).toBeCloseTo(1 / 12, 2);
    expect(Math.abs(mean(gaussian))).toBeLessThan(0.02);
    expect(mean(gaussian.map((v) => v * v))).toBeCloseTo(1, 1);
    expect(Math.min(...uniform.slice(0, 1000))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform.slice(0, 1000))).toBeLessThan(1);
  });
});
