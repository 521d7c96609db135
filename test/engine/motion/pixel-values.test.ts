import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { dispersion, pixelValues, sampleFrame } from '../../../src/engine/motion/pixel-values.ts';
import type { AlignRequest } from '../../../src/engine/ports.ts';
import { createMrcStackWriter, writeMrc } from '../../../src/formats/mrc/write.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import { alignWarnings } from '../../../src/pipeline/finding-texts.ts';
import { describeMotion } from '../../../src/pipeline/motion.ts';
import { randomNumbers } from '../../support/random.ts';
import { alignRequest } from './align-request.ts';
import { drift, poisson, rmsd, syntheticFrames } from './synthetic-movie.ts';

/**
 * A movie whose values are scaled, shifted or negated must be aligned like the original movie, without
 * statistics that require counts.
 */
const dir = mkdtempSync(join(tmpdir(), 'pixel-values-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const SIZE = { width: 192, height: 160 };
const FRAMES = 12;
const TRUTH = drift(FRAMES, 6);

type Storage = 'i8' | 'i16' | 'u16' | 'f32' | 'tiff-i16' | 'tiff-i32' | 'tiff-f32' | 'tiff-i8';
const ARRAYS = { i8: Int8Array, i16: Int16Array, u16: Uint16Array, i32: Int32Array, f32: Float32Array };
const MODES = { i8: 0, i16: 1, f32: 2, u16: 6 } as const;

function write(
  name: string,
  storage: Storage,
  frames: readonly Float32Array[],
  transform: (v: number) => number,
) {
  const type = storage.replace('tiff-', '') as keyof typeof ARRAYS;
  const isTiff = storage.startsWith('tiff-');
  const path = join(dir, `${name}.${isTiff ? 'tiff' : 'mrc'}`);
  const writer = isTiff
    ? createTiffWriter(path, { ...SIZE, pixelType: type, compression: 'lzw' })
    : createMrcStackWriter(path, { ...SIZE, mode: MODES[type as keyof typeof MODES], pixelSizeA: 1 });
  for (const frame of frames) {
    const values = new ARRAYS[type](frame.length);
    frame.forEach((v, i) => {
      values[i] = transform(v);
    });
    writer.appendFrame(new Uint8Array(values.buffer));
  }
  writer.finish();
  return path;
}

/** Counts with hot pixels. */
function counts(seed: number, dose = 4): Float32Array[] {
  const modify = (frame: Float32Array) => {
    for (let k = 1; k <= 8; k++) frame[(k * 3571 + seed) % frame.length] = 40;
  };
  return [...syntheticFrames({ ...SIZE, shifts: TRUTH, dose, contrast: 0.25, seed, modify })];
}

async function align(path: string, changes: Partial<AlignRequest> = {}) {
  const outcome = await alignMovie(alignRequest(path, { dosePerFrameEA2: 1, ...changes }));
  return { ...outcome, text: alignWarnings(outcome.findings).join(' ') };
}

/** Correlation coefficient of two sums, which a scale and an offset do not change. */
function correlation(a: Float32Array, b: Float32Array): number {
  const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - ma) * (b[i]! - mb);
    aa += (a[i]! - ma) ** 2;
    bb += (b[i]! - mb) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

type Case = readonly [name: string, storage: Storage, transform: (v: number) => number];
/** Transformations of counts into values that are not counts. */
const NOT_COUNTS: readonly Case[] = [
  ['minus 32768, as SerialEM writes unsigned pixels', 'i16', (v) => v - 32768],
  ['100 times, minus 32768', 'i16', (v) => 100 * v - 32768],
  ['minus the mean', 'f32', (v) => v - 4],
  ['minus a little more than the mean', 'f32', (v) => v - 4.3],
  ['minus a part of the mean', 'f32', (v) => v - 2.5],
  ['minus 3 in 16 bits', 'tiff-i16', (v) => v - 3],
  ['minus 100 in bytes', 'i8', (v) => v - 100],
  ['minus 4 in bytes', 'tiff-i8', (v) => v - 4],
  ['negated', 'f32', (v) => -v],
  ['negated in 16 bits', 'i16', (v) => -v],
  ['negated, scaled and shifted', 'f32', (v) => 1e4 - 25 * v],
  ['plus 1000', 'u16', (v) => v + 1000],
  ['plus 40000', 'u16', (v) => v + 40000],
  ['plus 100,000', 'f32', (v) => v + 1e5],
  ['plus 200,000', 'tiff-i32', (v) => v + 2e5],
  ['minus 200,000', 'tiff-i32', (v) => v - 2e5],
  ['a millionth', 'f32', (v) => 1e-6 * v],
  ['a billionth, minus the mean', 'tiff-f32', (v) => 1e-9 * (v - 4)],
];
/** Transformations of counts into values that may still be counts. */
const SCALED: readonly Case[] = [
  ['the same', 'f32', (v) => v],
  ['a half', 'f32', (v) => v / 2],
  ['37 times', 'i16', (v) => 37 * v],
  ['a billion times', 'f32', (v) => 1e9 * v],
];

describe.each([1, 2, 3])('a movie, seed %d, with values', (seed) => {
  const frames = counts(seed);
  const original = align(write(`plain-${seed}`, 'u16', frames, (v) => v));

  it('that are counts reports their mean', async () => {
    const { shiftsPixels, meanCountsPerPixelFrame, hotPixels, text } = await original;
    expect(rmsd(shiftsPixels, TRUTH)).toBeLessThan(0.4);
    expect(meanCountsPerPixelFrame).toBeCloseTo(4, 0);
    expect(hotPixels).toHaveLength(8);
    expect(text).toBe('');
  });

  it.each(NOT_COUNTS)(
    '%s, is aligned in the same way, without statistics of counts',
    async (name, storage, transform) => {
      const expected = await original;
      const outcome = await align(write(`other-${seed}-${name.length}`, storage, frames, transform));
      expect(rmsd(outcome.shiftsPixels, expected.shiftsPixels)).toBeLessThan(0.03);
      expect(outcome.converged).toBe(true);
      expect(outcome.hotPixels).toEqual(expected.hotPixels);
      expect(Math.abs(correlation(outcome.sum, expected.sum))).toBeGreaterThan(0.999);
      expect(outcome.meanCountsPerPixelFrame).toBeNull();
      expect(outcome.text).toContain('The pixel values are not electron counts');
      expect(outcome.text).not.toMatch(/quarter|Frame|blanked|saturated/);
    },
  );

  it.each(SCALED)('%s, is aligned in the same way', async (name, storage, transform) => {
    const expected = await original;
    const outcome = await align(write(`scaled-${seed}-${name.length}`, storage, frames, transform));
    expect(rmsd(outcome.shiftsPixels, expected.shiftsPixels)).toBeLessThan(0.03);
    expect(outcome.hotPixels).toEqual(expected.hotPixels);
    expect(correlation(outcome.sum, expected.sum)).toBeGreaterThan(0.999);
    expect(outcome.meanCountsPerPixelFrame! / transform(1) / expected.meanCountsPerPixelFrame!).toBeCloseTo(
      1,
      4,
    );
    expect(outcome.text).toBe('');
  });
});

describe('values that are not counts', () => {
  it('do not hide blank or bright frames, whose warnings refer to noise and not to electrons', async () => {
    const frames = counts(4).map((frame, i) => {
      const random = randomNumbers(i);
      return i === 3
        ? frame.map(() => (random() < 0.02 ? 1 : 0))
        : i === 8
          ? frame.map((v) => 20 * v)
          : frame;
    });
    for (const offset of [-32768, -700, 9000]) {
      const outcome = await align(write('blank', 'i16', frames, (v) => v + offset));
      expect(outcome.text).toMatch(/Frame 4.*much less noise/);
      expect(outcome.text).toMatch(/Frame 9.*much more noise/);
      expect(outcome.text).not.toContain('quarter');
      const goodFrames = TRUTH.map((_, i) => i).filter((i) => i !== 3 && i !== 8);
      const goodShifts = (shifts: readonly (readonly [number, number])[]) =>
        goodFrames.map((i) => shifts[i]!);
      expect(rmsd(goodShifts(outcome.shiftsPixels), goodShifts(TRUTH))).toBeLessThan(0.25);
    }
  });

  it('are aligned even if some are not finite', async () => {
    const frames = counts(6);
    const expected = await align(write('finite', 'f32', frames, (v) => v));
    frames.forEach((frame, i) => {
      for (let k = 0; k < 40; k++) frame[(i * 977 + k * 131) % frame.length] = k % 2 ? Number.NaN : Infinity;
    });
    for (const offset of [-32768, -4, 5000]) {
      const outcome = await align(write('gaps', 'f32', frames, (v) => v + offset));
      expect(rmsd(outcome.shiftsPixels, expected.shiftsPixels)).toBeLessThan(0.1);
      expect(correlation(outcome.sum, expected.sum)).toBeGreaterThan(0.98);
    }
  });

  it('leave the orientation of the gain unchecked, with a warning', async () => {
    const gain = join(dir, 'gain.mrc');
    const random = randomNumbers(7);
    const data = Float32Array.from({ length: SIZE.width * SIZE.height }, () => 0.8 + 0.4 * random());
    writeMrc(gain, { ...SIZE, data }, null);
    const sensitivity = data.map((value) => 1 / value);
    const frames = [...syntheticFrames({ ...SIZE, shifts: TRUTH, dose: 6, contrast: 0.25, sensitivity })];
    const setting = { gain: { path: gain, rotate: 0, flip: 0 } as const };
    const countsOutcome = await align(
      write('with-gain', 'i16', frames, (v) => v),
      setting,
    );
    expect(countsOutcome.gainCheck).toMatchObject({ verdict: 'agrees' });
    for (const offset of [-32768, -5, 3000]) {
      const outcome = await align(
        write('with-gain', 'i16', frames, (v) => v + offset),
        setting,
      );
      expect(outcome.gainCheck).toBeUndefined();
      expect(outcome.gainPattern).toBeUndefined();
      expect(outcome.text).toContain('the orientation of the gain reference is not checked');
    }
  });

  it('give an unknown motion, not a motion of zero, if all are the same', async () => {
    for (const value of [-7, 300, 1]) {
      const outcome = await align(write('same', 'i16', counts(5), () => value));
      expect(describeMotion({ ...outcome, local: null }, 1).totalA).toBeNull();
      expect(outcome.text).toContain('Motion could not be measured');
    }
  });
});

describe('the kind of pixel values', () => {
  const sampleCounts = (mean: number, transform: (v: number) => number, type: 'u8' | 'f32' = 'f32') => {
    const random = randomNumbers(2);
    const values = Float32Array.from({ length: 60_000 }, () => transform(poisson(mean, random)));
    return [sampleFrame(type === 'u8' ? Uint8Array.from(values) : values)];
  };

  it.each([0.02, 0.3, 1, 4, 40])('is "counts" for %d electrons per pixel per frame', (mean) => {
    expect(pixelValues(sampleCounts(mean, (v) => v, 'u8'))).toBe('counts');
    expect(dispersion(sampleCounts(mean, (v) => v))).toBeCloseTo(1, 0);
    // an integrating camera: 30 units per electron, and readout noise around zero
    const random = randomNumbers(9);
    const noise = () => 8 * (random() + random() + random() - 1.5);
    if (mean >= 1) expect(pixelValues(sampleCounts(mean, (v) => 30 * v + noise()))).toBe('counts');
  });

  it.each([-32768, -4, -2])('is "negative" with an offset of %d', (offset) => {
    expect(pixelValues(sampleCounts(4, (v) => v + offset))).toBe('negative');
  });

  it.each([50, 1000, 1e6])('is "offset" with an offset of %d', (offset) => {
    expect(pixelValues(sampleCounts(4, (v) => v + offset))).toBe('offset');
  });

  it('does not depend on values that are not numbers', () => {
    const sample = sampleFrame(Float32Array.from({ length: 9000 }, (_, i) => (i % 3 ? i % 7 : Number.NaN)));
    for (const value of Object.values(sample)) expect(Number.isNaN(value)).toBe(false);
  });
});
