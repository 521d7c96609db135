import { describe, expect, it } from 'vitest';
import { fitLocalModel, type PatchTrajectory } from '../../../src/engine/motion/local-fit.ts';
import { localShift, splitMean } from '../../../src/engine/motion/local-model.ts';
import { randomNumbers } from '../../support/random.ts';

const FRAMES = 30;
const POSITIONS = [-0.4, -0.2, 0, 0.2, 0.4];

/** Doming that slows down, which the model can describe exactly along both axes. */
const truth = (z: number, x: number, y: number): [number, number] => [
  2 * x * (z / 20 - (z / 40) ** 2) + 1.5 * x * x * (z / 40),
  (y - 0.5 * x * y) * (z / 15 - (z / 35) ** 2 + 0.2 * (z / 30) ** 3),
];

function noisyTrajectories(motion: typeof truth, noise: number, seed: number): PatchTrajectory[] {
  const random = randomNumbers(seed);
  const normal = () => noise * Math.sqrt(-2 * Math.log(random() + 1e-12)) * Math.cos(2 * Math.PI * random());
  return POSITIONS.flatMap((y) =>
    POSITIONS.map((x) => {
      const origin = [random() * 5, random() * 5] as const;
      const points = Array.from({ length: FRAMES }, (_, z) => {
        const [mx, my] = motion(z, x, y);
        return { z, shift: [origin[0] + mx + normal(), origin[1] + my + normal()] as const };
      });
      return { x, y, points };
    }),
  );
}

function maxError(fit: ReturnType<typeof fitLocalModel>, motion: typeof truth): number {
  let max = 0;
  for (const x of POSITIONS)
    for (const y of POSITIONS)
      for (let z = 0; z < FRAMES; z++) {
        const [fx, fy] = localShift(fit!.model, z, x, y);
        const [tx, ty] = motion(z, x, y);
        max = Math.max(max, Math.hypot(fx - tx, fy - ty));
      }
  return max;
}

describe('fitLocalModel', () => {
  it('finds a motion that the model can describe exactly, whatever the origins of the trajectories', () => {
    const fit = fitLocalModel(noisyTrajectories(truth, 0, 1), FRAMES);
    expect(maxError(fit, truth)).toBeLessThan(1e-4);
  });

  it('averages the noise of the points', () => {
    const fit = fitLocalModel(noisyTrajectories(truth, 0.3, 2), FRAMES);
    expect(maxError(fit, truth)).toBeLessThan(0.5);
    expect(fit!.rmsPixels).toBeGreaterThan(0.3);
    expect(fit!.rmsPixels).toBeLessThan(0.5);
  });

  it('ignores patches with outliers', () => {
    const damagedTrajectories = noisyTrajectories(truth, 0.1, 3).map((trajectory, i) =>
      i % 8 === 0
        ? {
            ...trajectory,
            points: trajectory.points.map((p) => ({ z: p.z, shift: [p.shift[0] + p.z, 27] as const })),
          }
        : trajectory,
    );
    const fit = fitLocalModel(damagedTrajectories, FRAMES);
    expect(maxError(fit, truth)).toBeLessThan(0.3);
    expect(fit!.outliers).toBeGreaterThan(60);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('does not fit motion to noise (seed %i)', (seed) => {
    const noise = noisyTrajectories(() => [0, 0], 0.5, seed);
    expect(fitLocalModel(noise, FRAMES)).toBeNull();
  });
});

describe('splitMean', () => {
  it('moves the mean over the field, and nothing else, from the local model to the shifts of the frames', () => {
    const model = {
      x: Array.from({ length: 18 }, (_, i) => Math.sin(i)),
      y: Array.from({ length: 18 }, (_, i) => Math.cos(2 * i)),
    };
    const { rest, means } = splitMean(model, 4);
    let [sumX, sumY] = [0, 0];
    const steps = 200;
    for (let i = 0; i < steps; i++)
      for (let j = 0; j < steps; j++) {
        const [x, y] = localShift(rest, 3, (i + 0.5) / steps - 0.5, (j + 0.5) / steps - 0.5);
        sumX += x / steps ** 2;
        sumY += y / steps ** 2;
      }
    expect(Math.abs(sumX)).toBeLessThan(1e-2);
    expect(Math.abs(sumY)).toBeLessThan(1e-2);
    const modelShift = localShift(model, 2, 0.3, -0.1);
    const restShift = localShift(rest, 2, 0.3, -0.1);
    expect(restShift[0] + means[2]![0]).toBeCloseTo(modelShift[0], 9);
    expect(restShift[1] + means[2]![1]).toBeCloseTo(modelShift[1], 9);
  });
});
