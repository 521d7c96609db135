import { describe, expect, it } from 'vitest';
import { describeMotion } from '../../src/pipeline/motion.ts';

/** Straight path of 1 pixel per frame along (3/5, 4/5): every length is known. */
const straight = (frames: number, dosePerFrameEA2: number | null, firstFrame = 1) => ({
  frames,
  firstFrame,
  lastFrame: frames,
  referenceFrame: firstFrame,
  shiftsPixels: Array.from({ length: frames - firstFrame + 1 }, (_, i): [number, number] => [
    0.6 * i,
    0.8 * i,
  ]),
  dosePerFrameEA2,
  converged: true,
  iterations: 3,
});

describe('describeMotion', () => {
  it('measures the path in Angstrom', () => {
    const motion = describeMotion(straight(11, 1), 0.5);
    expect(motion.totalA).toBeCloseTo(5, 10);
    expect(motion.meanShiftA).toBeCloseTo(0.5, 10);
    expect(motion.shiftsA[10]).toEqual([0.6 * 10 * 0.5, 0.8 * 10 * 0.5]);
  });

  it('splits the path where 4 e/A^2 have been accumulated', () => {
    // 1.5 e/A^2 per frame: before frames 2 and 3 lie 1.5 and 3, before frame 4 lie 4.5.
    const motion = describeMotion(straight(11, 1.5), 1);
    expect(motion.earlyA).toBeCloseTo(2, 10);
    expect(motion.lateA).toBeCloseTo(8, 10);
  });

  it('counts the dose of frames that were thrown away', () => {
    const motion = describeMotion(straight(11, 1.5, 3), 1);
    expect(motion.earlyA).toBeCloseTo(0, 10);
    expect(motion.lateA).toBeCloseTo(8, 10);
  });

  it('says null, not zero, where the dose is unknown', () => {
    expect(describeMotion(straight(5, null), 1)).toMatchObject({ earlyA: null, lateA: null, totalA: 4 });
  });

  it('knows no motion in a single frame', () => {
    expect(describeMotion(straight(1, 1), 1)).toMatchObject({
      totalA: 0,
      meanShiftA: 0,
      earlyA: 0,
      lateA: 0,
    });
  });
});
