import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { smoothTrajectory } from '../../../src/engine/motion/smooth.ts';

type Trajectory = [number, number][];

/** A trajectory whose first step is `first` pixels and whose later steps decrease, plus a constant drift. */
const settlingTrajectory = (frames: number, first: number, tau: number): Trajectory => {
  let distance = 0;
  return Array.from({ length: frames }, (_, i) => {
    if (i > 0) distance += first * Math.exp(-(i - 1) / tau);
    return [distance + 0.05 * i, 0.5 * distance];
  });
};

/**
 * Root mean square distances of measured and of smoothed points from the truth, over the first `points`
 * points of many simulated measurements.
 */
function errors(
  truth: Trajectory,
  sigma: number,
  points = truth.length,
): { measured: number; smoothed: number } {
  const random = createRandom(5);
  const totals = { measured: 0, smoothed: 0 };
  const repeats = 50;
  for (let repeat = 0; repeat < repeats; repeat++) {
    const trajectory = truth.map(([x, y]): [number, number] => [
      x + sigma * random.gaussian(),
      y + sigma * random.gaussian(),
    ]);
    const smoothed = smoothTrajectory(trajectory, sigma ** 2);
    for (let i = 0; i < points; i++) {
      const [x, y] = truth[i]!;
      totals.measured += Math.hypot(trajectory[i]![0] - x, trajectory[i]![1] - y) ** 2 / points / repeats;
      totals.smoothed += Math.hypot(smoothed[i]![0] - x, smoothed[i]![1] - y) ** 2 / points / repeats;
    }
  }
  return { measured: Math.sqrt(totals.measured), smoothed: Math.sqrt(totals.smoothed) };
}

describe('a smoothed trajectory', () => {
  it.each([
    [5, 2, 0.05],
    [8, 3, 0.2],
    [10, 1, 0.05],
    [10, 5, 0.2],
  ])(
    'does not lag at the start and is smooth at the end: %d pixels per frame at first, settles in %d frames, error of %d pixels',
    (first, tau, sigma) => {
      const truth = settlingTrajectory(40, first, tau);
      const startErrors = errors(truth, sigma, 5);
      expect(startErrors.smoothed).toBeLessThan(1.02 * startErrors.measured);
      const allErrors = errors(truth, sigma);
      expect(allErrors.smoothed).toBeLessThan(0.65 * allErrors.measured);
    },
  );

  it('has a third of the error for a steady drift', () => {
    const { measured, smoothed } = errors(settlingTrajectory(40, 0, 1), 0.1);
    expect(smoothed).toBeLessThan(measured / 3);
  });

  it('keeps jitter that is larger than the measurement error', () => {
    const random = createRandom(8);
    const truth = Array.from({ length: 30 }, (): [number, number] => [random.gaussian(), random.gaussian()]);
    const { measured, smoothed } = errors(truth, 0.1);
    expect(smoothed).toBeLessThan(1.02 * measured);
  });

  it('keeps a jump', () => {
    const truth = Array.from({ length: 30 }, (_, i): [number, number] => [i < 14 ? 0.1 * i : 9 + 0.1 * i, 0]);
    const { measured, smoothed } = errors(truth, 0.1);
    expect(smoothed).toBeLessThan(1.02 * measured);
  });

  it('is unchanged if it has few points', () => {
    const trajectory: Trajectory = [
      [0, 0],
      [1, 2],
      [0, 1],
    ];
    expect(smoothTrajectory(trajectory, 1)).toEqual(trajectory);
  });
});
