import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { minRmsd } from './bound.ts';
import { measureAccuracy } from './measure.ts';

describe('shifts of a simulated movie', () => {
  it('have at most 1.5 times the minimum error for the noise, and patches do not increase the error', async () => {
    const testCase = { width: 768, height: 768, frames: 12, dosePerFrameEA2: 2, localPixels: 0, seed: 4 };
    const { shifts, bound, wholeFrame, withPatches } = await measureAccuracy(testCase);
    expect(bound).toBeLessThan(0.1);
    expect(shifts).toBeLessThan(1.5 * bound);
    expect(withPatches).toBeLessThanOrEqual(wholeFrame);
  });
});

describe('the lower bound of the error', () => {
  const [width, height] = [96, 72];
  const random = createRandom(2);
  const signal = Float32Array.from({ length: width * height }, () => random.gaussian());
  const bound = (noise: number) => minRmsd({ width, height, frames: 5, frame: () => signal, noise });

  it('grows with the standard deviation of the noise for a strong signal, and with its variance for a weak one', () => {
    expect(bound(4e-4) / bound(1e-4)).toBeCloseTo(2, 2);
    expect(bound(4e4) / bound(1e4)).toBeCloseTo(4, 2);
  });

  it('of a strong white signal is sqrt(64 noise (T - 1) / (T pi^3 pixels signal))', () => {
    // mean of (2 pi k_x)^2 over pixels, k up to half a cycle: pi^3 / 16; two axes, and the first frame has
    // the same error as the other frames
    const perFrame = 1e-4 / (width * height * (Math.PI ** 3 / 16));
    expect(bound(1e-4) / Math.sqrt((2 * 2 * perFrame * 4) / 5)).toBeCloseTo(1, 1);
  });
});
