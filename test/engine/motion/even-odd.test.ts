import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { createMrcStackWriter } from '../../../src/formats/mrc/write.ts';
import { alignRequest } from './align-request.ts';
import { drift, writeSyntheticMovie } from './synthetic-movie.ts';

const dir = mkdtempSync(join(tmpdir(), 'even-odd-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const maxDifference = (a: Float32Array, b: (i: number) => number) =>
  a.reduce((max, v, i) => Math.max(max, Math.abs(v - b(i))), 0);

/** Writes frames without motion; frame n is n times `pattern`. */
function writeNumberedFrames(frames: number): { path: string; pattern: Float32Array } {
  const [width, height] = [96, 80];
  const pattern = Float32Array.from({ length: width * height }, (_, i) => 1 + ((i * 7919) % 101) / 1000);
  const path = join(dir, `numbered-${frames}.mrc`);
  const writer = createMrcStackWriter(path, { width, height, mode: 2, pixelSizeA: 1 });
  for (let n = 1; n <= frames; n++) writer.appendFrame(new Uint8Array(pattern.map((v) => n * v).buffer));
  writer.finish();
  return { path, pattern };
}

describe('even and odd sums', () => {
  it.each([
    [0, 1, 2 + 4 + 6, 1 + 3 + 5 + 7],
    [0, 3, 2 + 4 + 6, 1 + 3 + 5 + 7],
    [1, 2, 2 + 4 + 6, 3 + 5 + 7],
  ])(
    'contain the frames with even and with odd numbers in the movie: %i skipped, %i thread(s)',
    async (throwFrames, threads, even, odd) => {
      const { path, pattern } = writeNumberedFrames(7);
      const outcome = await alignMovie(alignRequest(path, { evenOdd: 'plain', throwFrames, threads }));
      expect(outcome.evenOdd?.isWeighted).toBe(false);
      expect(maxDifference(outcome.evenOdd!.even, (i) => even * pattern[i]!)).toBeLessThan(1e-3);
      expect(maxDifference(outcome.sum, (i) => (even + odd) * pattern[i]!)).toBeLessThan(1e-3);
    },
  );

  it.each(['plain', 'weighted'] as const)(
    'have the pixel size of the micrograph and do not change the other sums: %s',
    async (evenOdd) => {
      const path = join(dir, `moving-${evenOdd}.mrc`);
      const shifts = drift(9, 4);
      writeSyntheticMovie(path, { width: 256, height: 192, shifts, dose: 4, contrast: 0.3 });
      const settings = { binning: 2, dosePerFrameEA2: 3, patches: [2, 2] as const };
      const withoutEvenOdd = await alignMovie(alignRequest(path, settings));
      const outcome = await alignMovie(alignRequest(path, { ...settings, evenOdd }));
      const { even, isWeighted } = outcome.evenOdd!;
      expect(isWeighted).toBe(evenOdd === 'weighted');
      expect(even.length).toBe(128 * 96);
      expect(maxDifference(outcome.sum, (i) => withoutEvenOdd.sum[i]!)).toBeLessThan(1e-3);
      expect(maxDifference(outcome.doseWeighted!, (i) => withoutEvenOdd.doseWeighted![i]!)).toBeLessThan(
        1e-3,
      );
      expect(withoutEvenOdd.evenOdd).toBeUndefined();
    },
  );

  it('show the same specimen with independent noise', async () => {
    const path = join(dir, 'noisy.mrc');
    const options = { width: 256, height: 256, shifts: drift(12, 4), seed: 3 };
    writeSyntheticMovie(path, { ...options, dose: 3, contrast: 0.2 });
    const noiselessPath = join(dir, 'clean.mrc');
    writeSyntheticMovie(noiselessPath, { ...options, dose: 3, contrast: 0.2, noiseless: true });
    const halvesOf = async (movie: string) => {
      const { sum, evenOdd } = await alignMovie(alignRequest(movie, { evenOdd: 'plain' }));
      return { even: evenOdd!.even, odd: sum.map((v, i) => v - evenOdd!.even[i]!) };
    };
    const { even, odd } = await halvesOf(path);
    const truth = await halvesOf(noiselessPath);
    const correlation = (a: Float32Array, b: Float32Array) => {
      const meanOf = (v: Float32Array) => v.reduce((x, y) => x + y, 0) / v.length;
      const [ma, mb] = [meanOf(a), meanOf(b)];
      let [ab, aa, bb] = [0, 0, 0];
      a.forEach((v, i) => {
        ab += (v - ma) * (b[i]! - mb);
        aa += (v - ma) ** 2;
        bb += (b[i]! - mb) ** 2;
      });
      return ab / Math.sqrt(aa * bb);
    };
    // 18 counts per pixel in each half and a specimen contrast of one fifth: a signal-to-noise ratio of 0.72.
    expect(correlation(even, odd)).toBeGreaterThan(0.3);
    const noise = (half: Float32Array, specimen: Float32Array) => half.map((v, i) => v - specimen[i]!);
    expect(Math.abs(correlation(noise(even, truth.even), noise(odd, truth.odd)))).toBeLessThan(0.03);
  });

  it('are not dose-weighted if the dose is unknown, and a finding reports it', async () => {
    const { path } = writeNumberedFrames(4);
    const outcome = await alignMovie(alignRequest(path, { evenOdd: 'weighted' }));
    expect(outcome.evenOdd?.isWeighted).toBe(false);
    expect(outcome.findings).toContainEqual({ kind: 'even-odd-not-weighted' });
  });

  it('are not written for a single frame', async () => {
    const { path } = writeNumberedFrames(1);
    expect((await alignMovie(alignRequest(path, { evenOdd: 'plain' }))).evenOdd).toBeUndefined();
  });
});
