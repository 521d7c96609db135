import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { createMrcStackWriter } from '../../../src/formats/mrc/write.ts';
import { request } from './align-request.ts';
import { drift, writeSyntheticMovie } from './synthetic-movie.ts';

const dir = mkdtempSync(join(tmpdir(), 'even-odd-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const maxDifference = (a: Float32Array, b: (i: number) => number) =>
  a.reduce((most, v, i) => Math.max(most, Math.abs(v - b(i))), 0);

/** Frames without motion; frame number n is n times a pattern on a constant. */
function numberedFrames(frames: number): { path: string; pattern: Float32Array } {
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
    'contain the frames by their number in the movie: %i skipped, %i thread(s)',
    async (throwFrames, threads, even, odd) => {
      const { path, pattern } = numberedFrames(7);
      const aligned = await alignMovie(request(path, { evenOdd: 'plain', throwFrames, threads }));
      expect(aligned.evenOdd?.isWeighted).toBe(false);
      expect(maxDifference(aligned.evenOdd!.even, (i) => even * pattern[i]!)).toBeLessThan(1e-3);
      expect(maxDifference(aligned.sum, (i) => (even + odd) * pattern[i]!)).toBeLessThan(1e-3);
    },
  );

  it.each(['plain', 'weighted'] as const)(
    'of the %s sum have its pixel size, and do not change the sums',
    async (evenOdd) => {
      const path = join(dir, `moving-${evenOdd}.mrc`);
      const shifts = drift(9, 4);
      writeSyntheticMovie(path, { width: 256, height: 192, shifts, dose: 4, contrast: 0.3 });
      const settings = { binning: 2, dosePerFrameEA2: 3, patches: [2, 2] as const };
      const without = await alignMovie(request(path, settings));
      const aligned = await alignMovie(request(path, { ...settings, evenOdd }));
      const { even, isWeighted } = aligned.evenOdd!;
      expect(isWeighted).toBe(evenOdd === 'weighted');
      expect(even.length).toBe(128 * 96);
      expect(maxDifference(aligned.sum, (i) => without.sum[i]!)).toBeLessThan(1e-3);
      expect(maxDifference(aligned.doseWeighted!, (i) => without.doseWeighted![i]!)).toBeLessThan(1e-3);
      expect(without.evenOdd).toBeUndefined();
    },
  );

  it('show the same specimen with independent noise', async () => {
    const path = join(dir, 'noisy.mrc');
    const shape = { width: 256, height: 256, shifts: drift(12, 4), seed: 3 };
    writeSyntheticMovie(path, { ...shape, dose: 3, contrast: 0.2 });
    const clean = join(dir, 'clean.mrc');
    writeSyntheticMovie(clean, { ...shape, dose: 3, contrast: 0.2, noiseless: true });
    const halvesOf = async (movie: string) => {
      const { sum, evenOdd } = await alignMovie(request(movie, { evenOdd: 'plain' }));
      return { even: evenOdd!.even, odd: sum.map((v, i) => v - evenOdd!.even[i]!) };
    };
    const { even, odd } = await halvesOf(path);
    const truth = await halvesOf(clean);
    const correlation = (a: Float32Array, b: Float32Array) => {
      const middle = (v: Float32Array) => v.reduce((x, y) => x + y, 0) / v.length;
      const [ma, mb] = [middle(a), middle(b)];
      let [ab, aa, bb] = [0, 0, 0];
      a.forEach((v, i) => {
        ab += (v - ma) * (b[i]! - mb);
        aa += (v - ma) ** 2;
        bb += (b[i]! - mb) ** 2;
      });
      return ab / Math.sqrt(aa * bb);
    };
    // 18 counts per pixel in each half, of which the specimen varies by a fifth: a signal-to-noise ratio of
    // 0.72.
    expect(correlation(even, odd)).toBeGreaterThan(0.3);
    const noise = (half: Float32Array, of: Float32Array) => half.map((v, i) => v - of[i]!);
    expect(Math.abs(correlation(noise(even, truth.even), noise(odd, truth.odd)))).toBeLessThan(0.03);
  });

  it('are not dose-weighted if the dose is not known, with a warning', async () => {
    const { path } = numberedFrames(4);
    const aligned = await alignMovie(request(path, { evenOdd: 'weighted' }));
    expect(aligned.evenOdd?.isWeighted).toBe(false);
    expect(aligned.findings).toContainEqual({ kind: 'even-odd-not-weighted' });
  });

  it('are not made from a single frame', async () => {
    const { path } = numberedFrames(1);
    expect((await alignMovie(request(path, { evenOdd: 'plain' }))).evenOdd).toBeUndefined();
  });
});
