import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { createDetector } from '../../../src/simulator/gain.ts';
import { simulateMovie } from '../../../src/simulator/movie.ts';
import { createScene } from '../../../src/simulator/scene.ts';
import { idealSums } from './ideal-sum.ts';
import { measureFrc, minUpTo } from './measure.ts';
import { ringCorrelations } from './ring-correlation.ts';

describe('the dose-weighted sum, compared with one made with the true motion,', () => {
  const testCase = { width: 1024, height: 1024, frames: 10, dosePerFrameEA2: 2, seed: 3, rings: 48 };

  it('has a Fourier ring correlation (FRC) above 0.98 up to 3/4 of Nyquist with whole-frame motion', async () => {
    const curves = await measureFrc({ ...testCase, width: 768, height: 768, localPixels: 0 });
    expect(minUpTo(curves.engine, 0.75).value).toBeGreaterThan(0.98);
    expect(minUpTo(curves.uncorrected, 0.75).value).toBeLessThan(0.3);
  });

  it('has an FRC above 0.98 up to 3/4 of Nyquist with local motion and 5x5 patches, too', async () => {
    const curves = await measureFrc({ ...testCase, localPixels: 2.5 });
    expect(curves.fallback).toBeNull();
    expect(minUpTo(curves.engine, 0.75).value).toBeGreaterThan(0.98);
    curves.signal.ideal.subarray(0, 36).forEach((ideal, ring) => {
      expect(curves.signal.engine[ring]!).toBeGreaterThan(ideal - 0.02);
    });
  });
});

describe('the ideal sum', () => {
  it('resembles the specimen at rest at high counts: whole-frame and local motion are corrected', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ideal-'));
    try {
      const [width, height, seed] = [384, 288, 4];
      const detector = createDetector({ width, height, seed });
      const moviePath = join(directory, 'movie.tiff');
      // 100 counts per pixel, and pixels so large that radiation damage is small
      const { settings } = await simulateMovie({
        path: moviePath,
        seed,
        detector,
        width,
        height,
        frames: 8,
        pixelSizeA: 5,
        dosePerFrameEA2: 4,
        driftRangePixels: [8, 8],
        localRangePixels: [4, 4],
        envelopeBA2: 0,
      });
      const scene = createScene(settings, seed);
      const { shiftsPixels, local } = scene;
      const sums = idealSums({
        moviePath,
        detector,
        shiftsPixels,
        local,
        maxLocalPixels: 4,
        dosePerFrameEA2: 4,
        pixelSizeA: 5,
      });
      const specimenAtRest = new Float32Array(width * height);
      scene.render(0, 0, specimenAtRest);
      const [ideal, uncorrected] = ringCorrelations(
        [sums.weighted, sums.uncorrected, specimenAtRest],
        width,
        height,
        [
          [0, 2],
          [1, 2],
        ],
        16,
      );
      // the CTF is zero in some rings, so several rings are averaged
      const mean = (curve: Float64Array) => curve.subarray(0, 12).reduce((sum, v) => sum + v, 0) / 12;
      expect(mean(ideal!)).toBeGreaterThan(0.94);
      expect(mean(uncorrected!)).toBeLessThan(0.5);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});

describe('Fourier ring correlation', () => {
  const [width, height] = [256, 192];
  const noise = (seed: number) => {
    const random = createRandom(seed);
    return Float32Array.from({ length: width * height }, () => random.gaussian());
  };

  it('is 0.5 in every ring for images that share half of their power, and 1 for an image with itself', () => {
    const shared = noise(1);
    const [a, b] = [2, 3].map((seed) => noise(seed).map((v, i) => v + shared[i]!));
    const [half, one] = ringCorrelations(
      [a!, b!],
      width,
      height,
      [
        [0, 1],
        [0, 0],
      ],
      8,
    );
    for (const v of half!.subarray(1)) expect(v).toBeCloseTo(0.5, 1);
    for (const v of one!) expect(v).toBeCloseTo(1, 9);
  });
});
