import type { Random } from '../base/random.ts';

/** A larger mean is split: the sum of Poisson variates is a Poisson variate with the sum of their means. */
const MAX_PART_MEAN = 16;
const STEPS_PER_UNIT = 1024;
const EXP_TABLE = Float64Array.from({ length: MAX_PART_MEAN * STEPS_PER_UNIT + 2 }, (_, i) =>
  Math.exp(-i / STEPS_PER_UNIT),
);
/** Far above the largest count in 2^32 draws with a mean of 16. */
const MAX_COUNT = 100;
const RECIPROCALS = Float64Array.from({ length: MAX_COUNT + 1 }, (_, k) => (k === 0 ? 0 : 1 / k));

/** exp(-x) for 0 <= x <= 16, relative error below 1e-13: table and the next three terms of the series. */
function expOfMinus(x: number): number {
  const step = Math.trunc(x * STEPS_PER_UNIT);
  const rest = x - step / STEPS_PER_UNIT;
  return (EXP_TABLE[step] ?? 0) * (1 - rest * (1 - rest * (0.5 - rest * (1 / 6))));
}

/**
 * Draws a Poisson variate by inversion: one random number and about `mean` additions.
 * @param mean - expected count; zero or less gives 0
 */
export function poisson(random: Random, mean: number): number {
  let count = 0;
  let rest = mean;
  while (rest > MAX_PART_MEAN) {
    count += poissonPart(random.uniform(), MAX_PART_MEAN);
    rest -= MAX_PART_MEAN;
  }
  return rest > 0 ? count + poissonPart(random.uniform(), rest) : count;
}

function poissonPart(uniform: number, mean: number): number {
  let remaining = uniform;
  let probability = expOfMinus(mean);
  let count = 0;
  while (remaining >= probability && count < MAX_COUNT) {
    remaining -= probability;
    count++;
    probability *= mean * (RECIPROCALS[count] ?? 0);
  }
  return count;
}
