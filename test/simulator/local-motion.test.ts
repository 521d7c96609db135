import { describe, expect, it } from 'vitest';
import { createLocalMotion, type LocalMotion, localTruth } from '../../src/simulator/local-motion.ts';

const SETTINGS = { frames: 24, maxPixels: 3, seed: 6 };
const motion = createLocalMotion(SETTINGS) as LocalMotion;
const positions = Array.from(
  { length: 441 },
  (_, i) => [(i % 21) / 20 - 0.5, Math.floor(i / 21) / 20 - 0.5] as const,
);
const lengths = (frame: number) => positions.map(([x, y]) => Math.hypot(...motion(frame, x, y)));
const rms = (values: readonly number[]) =>
  Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);

describe('local motion', () => {
  it('starts at zero and reaches the given value', () => {
    expect(Math.max(...lengths(0))).toBe(0);
    expect(Math.max(...lengths(23))).toBeCloseTo(3, 1);
  });

  it('has mean zero over the frame', () => {
    for (const frame of [3, 23]) {
      const mean = [0, 1].map(
        (axis) => positions.reduce((sum, [x, y]) => sum + motion(frame, x, y)[axis]!, 0) / 441,
      );
      expect(Math.hypot(...mean)).toBeLessThan(0.02);
    }
  });

  it('is fast at first: almost half of the motion occurs within a fifth of the frames', () => {
    expect(rms(lengths(5))).toBeGreaterThan(0.45 * rms(lengths(23)));
    expect(rms(lengths(1))).toBeGreaterThan(0.1 * rms(lengths(23)));
  });

  it('is smooth in space: positions a fortieth of the frame apart move similarly', () => {
    for (const [x, y] of positions) {
      const [ax, ay] = motion(23, x, y);
      const [bx, by] = motion(23, x + 0.025, y);
      expect(Math.hypot(ax - bx, ay - by)).toBeLessThan(0.25);
    }
  });

  it('differs for another seed, and is null if no motion is requested', () => {
    const other = createLocalMotion({ ...SETTINGS, seed: 7 })!;
    expect(other(23, 0.4, 0.4)).not.toEqual(motion(23, 0.4, 0.4));
    expect(createLocalMotion({ ...SETTINGS, maxPixels: 0 })).toBeNull();
  });

  it('is recorded at 25 positions, from corner to corner, for each frame', () => {
    const truth = localTruth(motion, { width: 200, height: 100, frames: 24 });
    expect(truth.positionsPixels).toHaveLength(25);
    expect([truth.positionsPixels[0], truth.positionsPixels[24]]).toEqual([
      [0, 0],
      [200, 100],
    ]);
    expect(truth.shiftsPixels).toHaveLength(24);
    const [x, y] = motion(9, 0.25, -0.5);
    expect(truth.shiftsPixels[9]![3]![0]).toBeCloseTo(x, 4);
    expect(truth.shiftsPixels[9]![3]![1]).toBeCloseTo(y, 4);
  });
});
