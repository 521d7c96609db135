import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDetector } from '../../src/simulator/gain.ts';
import { type MovieFacts, simulateMovie } from '../../src/simulator/movie.ts';
import { flipVertically } from '../formats/temporary.ts';

const WIDTH = 192;
const HEIGHT = 160;
const FRAMES = 5;
const SMALL = { width: WIDTH, height: HEIGHT, frames: FRAMES, seed: 3 };
const detector = createDetector({
  width: WIDTH,
  height: HEIGHT,
  seed: 5,
  hotPerMillion: 100,
  deadPerMillion: 100,
});

/** 400 counts per pixel, and pixels so large that radiation damage is small. */
const HIGH_COUNTS = {
  ...SMALL,
  format: 'mrc',
  mrcMode: 1,
  pixelSizeA: 6,
  dosePerFrameEA2: 400 / 36,
  contrast: 0.2,
  iceGradient: 0,
  particleDensity: 0,
  envelopeBA2: 300,
} as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulated-movie-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/**
 * Counts of an MRC movie of mode 1, read without the readers of the service: 1024 bytes of header, then
 * 16-bit pixels.
 */
function mrcCounts(path: string): Int16Array {
  return new Int16Array(new Uint8Array(readFileSync(path)).buffer, 1024);
}

function spreadOfColumnMeans(image: Float64Array): number {
  const means = Array.from({ length: WIDTH }, (_, x) => {
    let sum = 0;
    for (let y = 0; y < HEIGHT; y++) sum += image[y * WIDTH + x]!;
    return sum / HEIGHT;
  });
  const mean = means.reduce((a, b) => a + b) / WIDTH;
  return Math.sqrt(means.reduce((sum, v) => sum + (v - mean) ** 2, 0) / WIDTH) / mean;
}

/** Sum over frames without and with gain correction; hot pixels are set to the expected counts. */
function sumFrames(counts: Int16Array, facts: MovieFacts) {
  const raw = new Float64Array(WIDTH * HEIGHT);
  counts.forEach((value, i) => {
    raw[i % raw.length] = raw[i % raw.length]! + value;
  });
  const expected = facts.electronsPerPixelFrame * FRAMES;
  for (const [x, y] of detector.hotPixels) raw[y * WIDTH + x] = expected;
  return { raw, corrected: raw.map((value, i) => value * detector.gain[i]!), expected };
}

/** A frame of `HIGH_COUNTS` with the gain applied, minus its mean; hot and dead pixels are 0. */
const contrastOf = (counts: Int16Array, frame: number) =>
  Float64Array.from({ length: WIDTH * HEIGHT }, (_, i) => {
    const isBad = detector.hotPixels.some(([x, y]) => y * WIDTH + x === i) || detector.gain[i] === 0;
    return isBad ? 0 : counts[frame * WIDTH * HEIGHT + i]! * detector.gain[i]! - 400;
  });

describe('simulateMovie', () => {
  it('has the given dose after gain correction', async () => {
    const path = join(folder, 'dose.mrc');
    const facts = await simulateMovie({
      ...SMALL,
      path,
      detector,
      format: 'mrc',
      mrcMode: 1,
      dosePerFrameEA2: 2,
      pixelSizeA: 1.5,
      iceGradient: 0,
    });
    expect(facts.electronsPerPixelFrame).toBeCloseTo(4.5, 9);
    const { corrected, expected } = sumFrames(mrcCounts(path), facts);
    const liveValues = corrected.filter((_, i) => detector.gain[i]! > 0);
    expect(liveValues.reduce((a, b) => a + b) / liveValues.length / expected).toBeCloseTo(1, 2);
  });

  it('shows stripes that the gain correction removes', async () => {
    const path = join(folder, 'flat.mrc');
    const facts = await simulateMovie({
      ...SMALL,
      path,
      detector,
      format: 'mrc',
      mrcMode: 1,
      dosePerFrameEA2: 400,
      contrast: 1e-4,
      iceGradient: 0,
    });
    const { raw, corrected } = sumFrames(mrcCounts(path), facts);
    // The stripes come from the detector. The remainder is the noise of 160 pixels with 2000 counts: 0.2 %.
    const detectorSpread = spreadOfColumnMeans(Float64Array.from(detector.sensitivity));
    expect(spreadOfColumnMeans(raw) / detectorSpread).toBeCloseTo(1, 1);
    expect(detectorSpread).toBeGreaterThan(0.015);
    expect(spreadOfColumnMeans(corrected)).toBeLessThan(0.004);
  });

  it('has dead pixels at zero and hot pixels far above the dose in every frame', async () => {
    const path = join(folder, 'pixels.mrc');
    await simulateMovie({ ...SMALL, path, detector, format: 'mrc', mrcMode: 1 });
    const counts = mrcCounts(path);
    for (let frame = 0; frame < FRAMES; frame++) {
      const countAt = ([x, y]: readonly number[]) => counts[(frame * HEIGHT + y!) * WIDTH + x!]!;
      for (const pixel of detector.deadPixels) expect(countAt(pixel)).toBe(0);
      for (const pixel of detector.hotPixels)
        expect(Math.abs(countAt(pixel) - pixel[2])).toBeLessThan(6 * Math.sqrt(pixel[2]));
    }
  });

  it('moves the content of the frames by the recorded shifts', async () => {
    const path = join(folder, 'moved.mrc');
    const facts = await simulateMovie({
      ...HIGH_COUNTS,
      path,
      detector,
      driftRangePixels: [6, 6],
      localRangePixels: [0, 0],
      defocusRangeUm: [3, 3],
    });
    const counts = mrcCounts(path);
    const frame = (n: number) => contrastOf(counts, n);
    for (const n of [1, 4]) {
      const [x, y] = bestShift(frame(0), frame(n));
      expect(Math.abs(x - facts.shiftsPixels[n]![0])).toBeLessThan(0.6);
      expect(Math.abs(y - facts.shiftsPixels[n]![1])).toBeLessThan(0.6);
    }
  });

  it('moves each area of the field by the recorded local motion', async () => {
    const path = join(folder, 'local-motion.mrc');
    const facts = await simulateMovie({
      ...HIGH_COUNTS,
      path,
      detector,
      jitterPixels: 0,
      driftRangePixels: [0, 0],
      localRangePixels: [8, 8],
      defocusRangeUm: [3, 3],
    });
    const counts = mrcCounts(path);
    const last = FRAMES - 1;
    const image = (n: number) => contrastOf(counts, n);
    const [first, moved] = [image(0), image(last)];
    const { positionsPixels, shiftsPixels } = facts.localMotion!;
    let checkedCount = 0;
    positionsPixels.forEach(([x, y], index) => {
      const [tx, ty] = shiftsPixels[last]![index]!;
      const [left, top] = [Math.round(x) - 16, Math.round(y) - 16];
      if (left < 12 || top < 12 || left + 32 > WIDTH - 12 || top + 32 > HEIGHT - 12) return;
      const [sx, sy] = bestShift(first, moved, { left, top, width: 32, height: 32 });
      expect(Math.hypot(sx - tx, sy - ty)).toBeLessThan(1);
      checkedCount++;
    });
    expect(checkedCount).toBeGreaterThanOrEqual(4);
  });

  it('writes the same bytes for the same seed, and different bytes for another seed', async () => {
    const make = async (name: string, seed: number) => {
      const path = join(folder, name);
      const facts = await simulateMovie({ ...SMALL, path, detector, seed });
      return { bytes: readFileSync(path), facts };
    };
    const first = await make('a.tiff', 11);
    expect(await make('b.tiff', 11)).toEqual(first);
    const other = await make('c.tiff', 12);
    expect(other.bytes.equals(first.bytes)).toBe(false);
    expect(other.facts.shiftsPixels).not.toEqual(first.facts.shiftsPixels);
  });

  it('writes LZW-compressed TIFF in which libtiff finds the rows of the MRC file with the same seed, top row first', async () => {
    const tiff = join(folder, 'same.tiff');
    const mrc = join(folder, 'same.mrc');
    await simulateMovie({ ...SMALL, path: tiff, detector });
    await simulateMovie({ ...SMALL, path: mrc, detector, format: 'mrc', mrcMode: 1 });
    const counts = mrcCounts(mrc);
    for (const page of [0, FRAMES - 1]) {
      const pixels = await sharp(tiff, { page }).extractChannel(0).raw().toBuffer();
      const expected = counts.subarray(page * WIDTH * HEIGHT, (page + 1) * WIDTH * HEIGHT);
      expect(pixels.equals(Uint8Array.from(flipVertically(expected, WIDTH)))).toBe(true);
    }
    expect((await sharp(tiff).metadata()).pages).toBe(FRAMES);
  });

  it('keeps MRC mode 0 within a signed byte', async () => {
    const path = join(folder, 'bytes.mrc');
    await simulateMovie({ ...SMALL, path, detector, format: 'mrc', mrcMode: 0, dosePerFrameEA2: 120 });
    const pixels = readFileSync(path).subarray(1024);
    expect(pixels.length).toBe(WIDTH * HEIGHT * FRAMES);
    expect(pixels.reduce((a, b) => Math.max(a, b))).toBe(127);
  });

  it('cancels a movie, and leaves no file', async () => {
    const path = join(folder, 'cancelled.tiff');
    const simulation = simulateMovie({ ...SMALL, path, detector, signal: AbortSignal.abort() });
    await expect(simulation).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(() => statSync(path)).toThrow('ENOENT');
  });
});

const MAX_SHIFT = 9;
const INNER = {
  left: MAX_SHIFT,
  top: MAX_SHIFT,
  width: WIDTH - 2 * MAX_SHIFT,
  height: HEIGHT - 2 * MAX_SHIFT,
};

/** Shift of an area of the frame, in whole pixels, with the highest correlation; by direct sums. */
function bestShift(a: Float64Array, b: Float64Array, area = INNER): [number, number] {
  const maxShift = MAX_SHIFT;
  let best: [number, number] = [0, 0];
  let highest = Number.NEGATIVE_INFINITY;
  for (let dy = -maxShift; dy <= maxShift; dy++) {
    for (let dx = -maxShift; dx <= maxShift; dx++) {
      let sum = 0;
      for (let y = area.top; y < area.top + area.height; y++) {
        for (let x = area.left; x < area.left + area.width; x++)
          sum += a[y * WIDTH + x]! * b[(y + dy) * WIDTH + x + dx]!;
      }
      if (sum > highest) {
        highest = sum;
        best = [dx, dy];
      }
    }
  }
  return best;
}
