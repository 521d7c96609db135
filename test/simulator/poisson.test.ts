import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { poisson } from '../../src/simulator/poisson.ts';

describe('poisson', () => {
  it.each([0.02, 0.7, 1.5, 9, 16, 40])('has mean and variance %f', (mean) => {
    const random = createRandom(3);
    const draws = 200_000;
    let sum = 0;
    let squares = 0;
    let zeros = 0;
    for (let i = 0; i < draws; i++) {
      const count = poisson(random, mean);
      sum += count;
      squares += count * count;
      if (count === 0) zeros++;
    }
    const sampleMean = sum / draws;
    const variance = squares / draws - sampleMean * sampleMean;
    // Five standard errors; the variance of the sample variance of n Poisson counts is (mean + 2 mean^2) / n.
    expect(Math.abs(sampleMean - mean)).toBeLessThan(5 * Math.sqrt(mean / draws));
    expect(Math.abs(variance - mean)).toBeLessThan(5 * Math.sqrt((mean + 2 * mean * mean) / draws));
    const zeroProbability = Math.exp(-mean);
    expect(Math.abs(zeros / draws - zeroProbability)).toBeLessThan(
      5 * Math.sqrt((zeroProbability + 1e-6) / draws),
    );
  });

  it('is zero for a mean of zero or less', () => {
    const random = createRandom(1);
    expect([poisson(random, 0), poisson(random, -2)]).toEqual([0, 0]);
  });
});

describe('random', () => {
  it('returns the same stream for the same seed, and a different stream for another seed', () => {
    const draw = (...words: [number, ...number[]]) => {
      const random = createRandom(...words);
      return Array.from({ length: 8 }, random.uniform);
    };
    expect(draw(5, 1)).toEqual(draw(5, 1));
    expect(draw(5, 1)).not.toEqual(draw(5, 2));
    expect(draw(5, 1)).not.toEqual(draw(6, 1));
  });
});
