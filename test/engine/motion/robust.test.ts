import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import type { AlignRequest } from '../../../src/engine/ports.ts';
import { writeMrc } from '../../../src/formats/mrc/write.ts';
import { randomNumbers } from '../../support/random.ts';
import { alignRequest } from './align-request.ts';
import { drift, rmsd, type SyntheticOptions, writeSyntheticMovie } from './synthetic-movie.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'robust-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function alignSynthetic(
  options: Partial<SyntheticOptions> & Pick<SyntheticOptions, 'shifts' | 'dose'>,
  gain: AlignRequest['gain'] = null,
) {
  const moviePath = join(dir, 'movie.mrc');
  writeSyntheticMovie(moviePath, { width: 512, height: 512, contrast: 0.15, ...options });
  return alignMovie(alignRequest(moviePath, { gain, patches: [3, 3] }));
}

/** Sets the counts in a disc to zero, in a frame of 512 columns. */
function blacken(frame: Float32Array, centreX: number, centreY: number): void {
  for (let y = -14; y <= 14; y++)
    for (let x = -14; x <= 14; x++) if (x * x + y * y < 196) frame[(centreY + y) * 512 + centreX + x] = 0;
}

describe('movies that are hard to align', () => {
  it('are aligned at 0.2 electrons per pixel per frame', async () => {
    const shifts = drift(40, 8);
    const outcome = await alignSynthetic({ shifts, dose: 0.2, width: 640, height: 640 });
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.3);
    expect(outcome.converged).toBe(true);
  });

  it('are aligned with a drift of 50 pixels', async () => {
    const shifts = drift(20, 50);
    const outcome = await alignSynthetic({ shifts, dose: 1.5 });
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.25);
  });

  it('are aligned with one jump, which smoothing must preserve', async () => {
    const shifts = Array.from({ length: 20 }, (_, i): [number, number] =>
      i < 9 ? [0.1 * i, 0] : [0.1 * i + 17, -9],
    );
    const outcome = await alignSynthetic({ shifts, dose: 1.5 });
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.2);
  });

  it('are aligned without a gain reference, with a motion of little more than a pixel', async () => {
    const random = randomNumbers(6);
    const sensitivity = Float32Array.from({ length: 512 * 512 }, () => 0.85 + 0.3 * random());
    const shifts = drift(20, 1.5);
    const outcome = await alignSynthetic({ shifts, dose: 1.5, sensitivity });
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.25);
  });

  it('are aligned with hot pixels in the tapered borders, which must be subtracted with their reduced weight', async () => {
    const shifts = drift(20, 3);
    const positions = [2, 5, 7, 9, 11, 14, 17, 501, 505, 509].flatMap((coordinate, i) => [
      [coordinate, 40 * i + 31],
      [45 * i + 22, coordinate],
    ]);
    const modify = (frame: Float32Array) => {
      for (const [x, y] of positions) frame[y! * 512 + x!] = 60;
    };
    const outcome = await alignSynthetic({ shifts, dose: 1.5, modify });
    expect(outcome.hotPixels).toHaveLength(20);
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.15);
  });

  it.each([2, 3, 5])('are aligned with only %i frames', async (frames) => {
    const shifts = Array.from({ length: frames }, (_, i): [number, number] => [
      (4 * i) / (frames - 1),
      (1.4 * i) / (frames - 1),
    ]);
    const outcome = await alignSynthetic({ shifts, dose: 3, seed: 2 });
    expect(outcome.converged).toBe(true);
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.15);
  });

  it('are aligned with ice that settles: 8 pixels in the first frame, less in each subsequent frame', async () => {
    const shifts = Array.from({ length: 24 }, (_, i): [number, number] => {
      const distance = 16 * (1 - Math.exp(-i / 1.5));
      return [0.8 * distance, 0.6 * distance + 0.05 * i];
    });
    const outcome = await alignSynthetic({ shifts, dose: 1.5, seed: 2 });
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.2);
  });

  it('are aligned with a drift of two pixels per frame, 50 in total, and a jump of 22', async () => {
    const shifts = Array.from({ length: 24 }, (_, i): [number, number] => [
      2.2 * i + (i > 11 ? 20 : 0),
      -0.7 * i - (i > 11 ? 10 : 0),
    ]);
    const outcome = await alignSynthetic({ shifts, dose: 1.5 });
    expect(outcome.converged).toBe(true);
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.25);
  });

  it('are aligned at 0.3 electrons per pixel per frame without a gain reference, with hot pixels and a jump', async () => {
    const random = randomNumbers(9);
    const sensitivity = Float32Array.from({ length: 512 * 512 }, () => 0.95 + 0.1 * random());
    const shifts = drift(40, 8).map(([x, y], i): [number, number] => [x + (i > 20 ? 9 : 0), y]);
    const modify = (frame: Float32Array) => {
      for (let k = 0; k < 25; k++) frame[(k * 12961) % frame.length] = 40;
    };
    const outcome = await alignSynthetic({ shifts, dose: 0.3, sensitivity, modify, seed: 2 });
    expect(outcome.converged).toBe(true);
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.4);
  });

  it('are aligned with a periodic lattice, as in gold or a crystal, and a drift of 20 pixels', async () => {
    const random = randomNumbers(4);
    const shifts = drift(20, 20);
    const wave = (pixels: number) => 0.3 * Math.cos((2 * Math.PI * pixels) / 12);
    const modify = (frame: Float32Array, index: number) => {
      const [sx, sy] = shifts[index]!;
      for (let i = 0; i < frame.length; i++) {
        const rate = frame[i]! * Math.max(0, 1 + wave((i % 512) - sx) + wave(Math.floor(i / 512) - sy));
        frame[i] = Math.floor(rate + random());
      }
    };
    const outcome = await alignSynthetic({ shifts, dose: 2, modify });
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.25);
  });

  it.each([
    ['in the middle', [8, 9], [9, 10]],
    ['at the start', [0, 1], [1, 2]],
    ['at the end', [18, 19], [19, 20]],
  ])(
    'frames without a beam %s are reported and excluded, and have interpolated shifts',
    async (_, darkIndices, reportedRanges) => {
      const shifts = drift(20, 8).map((shift, i, all): [number, number] => (i < 2 ? all[2]! : shift));
      const random = randomNumbers(7);
      const modify = (frame: Float32Array, index: number) => {
        if (!darkIndices.includes(index)) return;
        // one frame is empty, the other has stray counts
        for (let i = 0; i < frame.length; i++) frame[i] = index % 2 === 0 && random() < 0.02 ? 1 : 0;
      };
      const outcome = await alignSynthetic({ shifts, dose: 1.5, modify });
      expect(outcome.findings).toContainEqual({
        kind: 'unusable-frames',
        problem: 'dark',
        ranges: [reportedRanges],
      });
      expect(outcome.converged).toBe(true);
      expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.3);
      expect(outcome.sum.every(Number.isFinite)).toBe(true);
    },
  );

  it.each([
    ['saturated in the middle', [9], 'flat', [[10, 10]]],
    ['saturated at the start', [0, 1], 'flat', [[1, 2]]],
    [
      'ten times as bright',
      [5, 12],
      'bright',
      [
        [6, 6],
        [13, 13],
      ],
    ],
  ])(
    'frames that are %s are reported and excluded, and have interpolated shifts',
    async (_, damagedIndices, kind, reportedRanges) => {
      const random = randomNumbers(3);
      const sensitivity = Float32Array.from({ length: 512 * 512 }, () => 0.9 + 0.2 * random());
      const shifts = drift(20, 8).map((shift, i, all): [number, number] => (i < 2 ? all[2]! : shift));
      const modify = (frame: Float32Array, index: number) => {
        if (!damagedIndices.includes(index)) return;
        for (let i = 0; i < frame.length; i++)
          frame[i] = kind === 'flat' ? 65535 : Math.floor(15 * sensitivity[i]! + 8 * random());
      };
      const gainPath = join(dir, 'gain.mrc');
      writeMrc(gainPath, { width: 512, height: 512, data: sensitivity.map((v) => 1 / v) }, 1);
      const gain = { path: gainPath, rotate: 0, flip: 0 } as const;
      const outcome = await alignSynthetic({ shifts, dose: 1.5, sensitivity, modify }, gain);
      expect(outcome.findings).toContainEqual({
        kind: 'unusable-frames',
        problem: kind,
        ranges: reportedRanges,
      });
      expect(outcome.converged).toBe(true);
      expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.3);
      // flat frames are not summed: 20 frames of 1.5 counts, minus the excluded frames
      const mean = outcome.sum.reduce((a, b) => a + b, 0) / outcome.sum.length;
      if (kind === 'flat') expect(mean / (1.5 * (20 - damagedIndices.length))).toBeCloseTo(1, 1);
      expect(outcome.meanCountsPerPixelFrame! / (kind === 'flat' ? 1.5 : 3.1)).toBeCloseTo(1, 0);
    },
  );

  it('one saturated frame in a group: its neighbours are excluded with it', async () => {
    const shifts = drift(170, 8);
    const modify = (frame: Float32Array, index: number) => {
      if (index === 60) frame.fill(65535);
    };
    const outcome = await alignSynthetic({
      shifts,
      dose: 0.5,
      width: 256,
      height: 256,
      contrast: 0.3,
      modify,
    });
    const [[first, last]] = outcome.findings.flatMap((finding) =>
      finding.kind === 'unusable-frames' ? [...finding.ranges] : [],
    ) as [[number, number]];
    expect(first).toBeLessThanOrEqual(61);
    expect(last).toBeGreaterThanOrEqual(61);
    expect(last - first).toBeGreaterThan(0);
    expect(last - first).toBeLessThan(10);
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.4);
  });

  it.each([
    ['the same value everywhere', 7],
    ['nothing but saturated pixels', 65535],
  ])('%s: a finding reports that motion could not be measured', async (_, value) => {
    const modify = (frame: Float32Array) => {
      frame.fill(value);
    };
    const outcome = await alignSynthetic({ shifts: drift(12, 8), dose: 1, width: 256, height: 256, modify });
    expect(outcome.converged).toBe(false);
    expect(outcome.findings).toContainEqual({ kind: 'unusable-frames', problem: 'flat', ranges: [[1, 12]] });
    expect(outcome.findings).toContainEqual({ kind: 'no-motion-measured' });
    expect(outcome.shiftsPixels.flat().every((v) => v === 0)).toBe(true);
  });

  it('are aligned with gold particles that move with the specimen', async () => {
    const shifts = drift(16, 8);
    const goldPositions = [
      [100, 120],
      [330, 400],
      [420, 210],
    ] as const;
    const modify = (frame: Float32Array, index: number) => {
      const [sx, sy] = shifts[index]!;
      for (const [x, y] of goldPositions) blacken(frame, x + Math.round(sx), y + Math.round(sy));
    };
    const outcome = await alignSynthetic({ shifts, dose: 2, modify });
    // the discs are at whole pixels, so their positions have an error of up to half a pixel
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.5);
    expect(outcome.hotPixels).toEqual([]);
  });

  it.each([1, 2, 3])(
    'only noise: a finding reports it, and the frames are summed without alignment (seed %i)',
    async (seed) => {
      const outcome = await alignSynthetic({
        shifts: drift(12, 8),
        dose: 1.5,
        contrast: 1e-4,
        width: 384,
        height: 384,
        seed,
      });
      expect(outcome.converged).toBe(false);
      expect(outcome.shiftsPixels).toEqual(Array.from({ length: 12 }, () => [0, 0]));
      expect(outcome.findings).toContainEqual({ kind: 'no-motion-measured' });
      expect(outcome.local!.fit).toBeNull();
    },
  );
});
