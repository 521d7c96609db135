import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { localShift } from '../../../src/engine/motion/local-model.ts';
import type { AlignOutcome } from '../../../src/engine/ports.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import { alignRequest } from './align-request.ts';
import { hasRelion, type RelionMotion, relionSkipNote, runRelion } from './relion.ts';
import { rmsd, syntheticFrames } from './synthetic-movie.ts';

const dir = mkdtempSync(join(tmpdir(), 'relion-motion-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const [WIDTH, HEIGHT, FRAMES] = [640, 512, 12];
type Shift = readonly [number, number];
const progress = (frame: number) => 1 - (1 - frame / (FRAMES - 1)) ** 2;
/** Motion of the content of the TIFF movie, different along x and y. */
const shifts = Array.from({ length: FRAMES }, (_, n): Shift => [2 * progress(n), -6 * progress(n)]);
/** Local motion; all coefficients differ, so that an inverted axis or exchanged axes are detected. */
const local = (frame: number, x: number, y: number): Shift => [
  (3 * x - 4 * y) * progress(frame),
  (5 * y + 2 * x) * progress(frame),
];

describe.skipIf(!hasRelion).each([1, 2])(
  `a TIFF movie that drifts along y, compared with RELION${relionSkipNote}, binning %i`,
  (binning) => {
    let outcome: AlignOutcome;
    let relion: RelionMotion;
    beforeAll(async () => {
      const path = join(dir, 'movie.tiff');
      const shape = { width: WIDTH, height: HEIGHT };
      const writer = createTiffWriter(path, { ...shape, pixelType: 'u8', compression: 'lzw' });
      for (const frame of syntheticFrames({ ...shape, shifts, local, dose: 12, contrast: 0.3 }))
        writer.appendFrame(Uint8Array.from(frame));
      writer.finish();
      outcome = await alignMovie(alignRequest(path, { binning, patches: [4, 4] }));
      relion = runRelion(dir, path, [
        '--skip_defect',
        '--patch_x',
        '4',
        '--patch_y',
        '4',
        '--bin_factor',
        `${binning}`,
        // With early binning, its default, RELION writes the local model in binned pixels, which its
        // polishing does not expect (https://github.com/3dem/relion/issues/771).
        '--no_early_binning',
      ]);
    });

    it('has the true whole-frame motion, as in RELION', () => {
      expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.1);
      expect(rmsd(relion.shifts, shifts)).toBeLessThan(0.1);
      expect(rmsd(outcome.shiftsPixels, relion.shifts)).toBeLessThan(0.2);
    });

    it('has the true local motion, as in RELION, at every position, in pixels of the movie', () => {
      const fit = outcome.local!.fit!;
      const model = { x: fit.coefficientsX, y: fit.coefficientsY };
      for (const x of [-0.4, 0, 0.4]) {
        for (const y of [-0.4, 0, 0.4]) {
          const trajectory = (
            wholeFrame: readonly Shift[],
            terms: { x: readonly number[]; y: readonly number[] },
          ) =>
            wholeFrame.map(([sx, sy], n): Shift => {
              const [lx, ly] = localShift(terms, n, x, y);
              return [sx + lx, sy + ly];
            });
          const truth = shifts.map(([sx, sy], n): Shift => {
            const [lx, ly] = local(n, x, y);
            return [sx + lx, sy + ly];
          });
          expect(rmsd(trajectory(outcome.shiftsPixels, model), truth), `engine at ${x}, ${y}`).toBeLessThan(
            0.3,
          );
          expect(rmsd(trajectory(relion.shifts, relion.local!), truth), `RELION at ${x}, ${y}`).toBeLessThan(
            0.5,
          );
        }
      }
    });

    it('has the same micrograph as in RELION, with the same row order', () => {
      const [width, height] = [WIDTH / binning, HEIGHT / binning];
      const valueAt = (image: Float32Array, x: number, y: number) => image[y * width + x]!;
      const correlation = (rowOf: (y: number) => number) => {
        let [ab, aa, bb] = [0, 0, 0];
        const mean = outcome.sum.reduce((a, b) => a + b, 0) / outcome.sum.length;
        for (let y = 30; y < height - 30; y++)
          for (let x = 30; x < width - 30; x++) {
            const a = valueAt(outcome.sum, x, y) - mean;
            const b = valueAt(relion.sum.data, x, rowOf(y)) - mean;
            ab += a * b;
            aa += a * a;
            bb += b * b;
          }
        return ab / Math.sqrt(aa * bb);
      };
      expect([relion.sum.width, relion.sum.height]).toEqual([outcome.width, outcome.height]);
      expect(outcome.width).toBe(WIDTH / binning);
      expect(correlation((y) => y)).toBeGreaterThan(0.98);
      expect(correlation((y) => HEIGHT / binning - 1 - y)).toBeLessThan(0.3);
    });
  },
);
