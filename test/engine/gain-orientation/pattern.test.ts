import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { checkGain, type GainEvidence } from '../../../src/engine/gain-orientation/check.ts';
import { type GainPattern, gainPattern } from '../../../src/engine/gain-orientation/pattern.ts';
import { orientGain } from '../../../src/engine/motion/orient.ts';
import { renderGainPicture } from '../../../src/engine/pictures/gain-picture.ts';
import { createDetector } from '../../../src/simulator/gain.ts';

const SIDE = 200;
const camera = createDetector({ width: SIDE, height: SIDE, seed: 4, hotPerMillion: 0, deadPerMillion: 0 });
const nextUint32 = createRandom(9).uint32;
/** 400 counts per pixel on average. The noise is 5 %, as for Poisson counts, but uniformly distributed. */
const sum = camera.sensitivity.map(
  (s) => 400 * s * (1 + (0.05 * Math.sqrt(12) * ((nextUint32() % 1000) - 500)) / 1000),
);

/** Counts and gain of the camera; the gain is upside down unless `isCorrect`. */
function evidence(isCorrect: boolean): GainEvidence {
  const image = { width: SIDE, height: SIDE, data: camera.gain, pixelSizeA: null };
  const gain = isCorrect ? camera.gain : orientGain(image, { rotate: 0, flip: 1 }).data;
  const base = { sum, gain, width: SIDE, height: SIDE, isBad: () => false };
  return { ...base, setting: { rotate: 0, flip: 0 } };
}
const patternOf = (isCorrect: boolean): GainPattern =>
  gainPattern(evidence(isCorrect), checkGain(evidence(isCorrect)));
const centreOf = (map: Float32Array) => map[(map.length - 1) / 2]!;

describe('the fixed-pattern noise of a detector in its counts', () => {
  it('is complete before correction and absent after correction in the correct orientation', () => {
    const { counts, withSetting, withBestMatch, size } = patternOf(true);
    expect(counts).toHaveLength(size * size);
    expect(centreOf(counts)).toBeCloseTo(1, 1);
    expect(Math.abs(centreOf(withSetting))).toBeLessThan(0.05);
    expect(withBestMatch).toBeNull();
  });

  it('remains with a wrong gain orientation, and is absent with the best match', () => {
    const { testedSetting, counts, withSetting, withBestMatch } = patternOf(false);
    expect(testedSetting).toEqual({ rotate: 0, flip: 1 });
    expect(centreOf(counts)).toBeCloseTo(1, 1);
    expect(centreOf(withSetting)).toBeGreaterThan(0.4);
    expect(Math.abs(centreOf(withBestMatch!))).toBeLessThan(0.05);
  });

  it('is a bright spot on grey in the image, which has one tile without correction and one for each correction, all with the same contrast', async () => {
    const pattern = patternOf(false);
    const jpeg = await renderGainPicture(pattern);
    const { data, info } = await sharp(jpeg).grayscale().raw().toBuffer({ resolveWithObject: true });
    expect(info.width).toBe(3 * 256);
    const valueAt = (tile: number) => data[(2 * 26 + 120) * info.width + tile * 256 + 8 + 120]!;
    expect(valueAt(0)).toBeGreaterThan(240);
    expect(valueAt(1)).toBeGreaterThan(valueAt(2) + 40);
    expect(Math.abs(valueAt(2) - 128)).toBeLessThan(16);
  });

  it('is measured without dead and hot pixels', () => {
    const correctEvidence = evidence(true);
    const sumWithBadPixels = Float32Array.from(sum, (value, i) => (i % 997 === 0 ? 1e6 : value));
    const isBad = (index: number) => index % 997 === 0;
    const pattern = gainPattern(
      { ...correctEvidence, sum: sumWithBadPixels, isBad },
      checkGain({ ...correctEvidence, isBad }),
    );
    expect(centreOf(pattern.counts)).toBeCloseTo(1, 1);
  });
});
