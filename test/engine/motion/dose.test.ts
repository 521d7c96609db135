import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRealFft2d } from '../../../src/engine/fft/real-fft-2d.ts';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { dosePerFrame } from '../../../src/engine/motion/dose.ts';
import { createMrcStackWriter } from '../../../src/formats/mrc/write.ts';
import { alignRequest } from './align-request.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'dose-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** The formula of Grant & Grigorieff (2015), implemented independently of the engine. */
const weight = (k: number, dose: number, kv: number) =>
  Math.exp(-dose / (kv === 200 ? 0.8 : 1) / (2 * (0.245 * k ** -1.665 + 2.81)));

/**
 * Relative amplitude of a frequency in a weighted sum of equal frames: sum of weights / sqrt(sum of squared
 * weights).
 */
function sumFactor(
  k: number,
  movie: { skipped: number; frames: number; dose: number; voltageKv: number },
): number {
  let sum = 0;
  let squares = 0;
  for (let f = movie.skipped; f < movie.frames; f++) {
    const w = k === 0 ? 1 : weight(k, (f + 1) * movie.dose, movie.voltageKv);
    sum += w;
    squares += w * w;
  }
  return sum / Math.sqrt(squares);
}

/** Indices of a half spectrum with their frequencies, 1/A. */
function* frequenciesOf(width: number, height: number, columns: number, pixelSizeA: number) {
  for (let ky = 0; ky < height; ky++) {
    const fy = (ky <= height / 2 ? ky : ky - height) / (height * pixelSizeA);
    for (let kx = 0; kx < columns; kx++)
      yield { i: ky * columns + kx, k: Math.hypot(kx / (width * pixelSizeA), fy) };
  }
}

describe('dose weighting', () => {
  it.each([
    [300, 0],
    [200, 0],
    [300, 2],
  ])(
    'of frames without motion at %i kV with %i frames skipped follows the formula at every frequency',
    async (voltageKv, skipped) => {
      const [width, height, frames, dose, pixelSizeA] = [128, 96, 6, 4, 1.3];
      const image = Float32Array.from({ length: width * height }, (_, i) => 20 + ((i * 7919) % 101) / 10);
      const path = join(dir, `${voltageKv}-${skipped}.mrc`);
      const writer = createMrcStackWriter(path, { width, height, mode: 2, pixelSizeA });
      for (let i = 0; i < frames; i++) writer.appendFrame(new Uint8Array(image.buffer));
      writer.finish();
      const outcome = await alignMovie(
        alignRequest(path, { pixelSizeA, voltageKv, dosePerFrameEA2: dose, throwFrames: skipped }),
      );
      expect(outcome.shiftsPixels.every(([x, y]) => Math.hypot(x, y) < 1e-3)).toBe(true);
      const fft = createRealFft2d(width, height);
      const inputSpectrum = fft.forward(image);
      const outputSpectrum = fft.forward(outcome.doseWeighted!);
      let maxError = 0;
      for (const { i, k } of frequenciesOf(width, height, inputSpectrum.columns, pixelSizeA)) {
        const amplitude = Math.hypot(inputSpectrum.re[i]!, inputSpectrum.im[i]!);
        if (amplitude < 20) continue;
        const measured = Math.hypot(outputSpectrum.re[i]!, outputSpectrum.im[i]!) / amplitude;
        const expected = sumFactor(k, { skipped, frames, dose, voltageKv });
        maxError = Math.max(maxError, Math.abs(measured / expected - 1));
      }
      expect(maxError).toBeLessThan(2e-3);
    },
  );

  it('derives the dose per frame from the total dose if only the total dose is given', () => {
    expect(dosePerFrame(null, 40, 50)).toBeCloseTo(0.8);
    expect(dosePerFrame(null, null, 50)).toBeNull();
    expect(dosePerFrame(0.8, 41, 50)).toBe(0.8);
    expect(() => dosePerFrame(0.8, 50, 50)).toThrow(/contradict/);
  });
});
