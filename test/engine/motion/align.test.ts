import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { createMrcStackWriter } from '../../../src/formats/mrc/write.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import { randomNumbers } from '../../support/random.ts';
import { alignRequest } from './align-request.ts';
import { drift, rmsd, syntheticFrames, writeSyntheticMovie } from './synthetic-movie.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'align-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const noMotion = (frames: number): [number, number][] => Array.from({ length: frames }, () => [0, 0]);

describe('shifts of simulated movies', () => {
  it('are accurate to 0.1 pixel at 1024x1024x24, 2 e/px/frame, drift of 10 pixels', async () => {
    const shifts = drift(24, 10);
    const path = join(dir, 'bar.mrc');
    writeSyntheticMovie(path, { width: 1024, height: 1024, shifts, dose: 2 });
    const outcome = await alignMovie(alignRequest(path));
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.1);
    expect(outcome.converged).toBe(true);
    expect(outcome.referenceFrame).toBe(1);
    expect(outcome.shiftsPixels[0]).toEqual([0, 0]);
    expect(outcome.meanCountsPerPixelFrame).toBeCloseTo(2, 1);
  });

  it('are accurate for a non-square frame whose sides have large prime factors', async () => {
    const shifts = drift(12, 5, 200);
    const path = join(dir, 'awkward.mrc');
    writeSyntheticMovie(path, { width: 601, height: 403, shifts, dose: 4, contrast: 0.2 });
    const outcome = await alignMovie(alignRequest(path));
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.15);
    expect([outcome.width, outcome.height, outcome.sum.length]).toEqual([601, 403, 601 * 403]);
  });

  it('are not biased by fixed-pattern noise of the detector', async () => {
    const random = randomNumbers(5);
    const sensitivity = Float32Array.from({ length: 512 * 512 }, () => 0.7 + 0.6 * random());
    const shifts = drift(16, 6);
    const path = join(dir, 'pattern.mrc');
    writeSyntheticMovie(path, { width: 512, height: 512, shifts, dose: 4, contrast: 0.15, sensitivity });
    const outcome = await alignMovie(alignRequest(path));
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.2);
  });

  it('are not biased by hot pixels, which are detected and reported', async () => {
    const hotPixels: [number, number][] = [
      [10, 20],
      [300, 41],
      [77, 200],
    ];
    const shifts = drift(12, 6);
    const path = join(dir, 'hot.mrc');
    const modify = (frame: Float32Array) => {
      for (const [x, y] of hotPixels) frame[y * 384 + x] = 500;
    };
    writeSyntheticMovie(path, { width: 384, height: 384, shifts, dose: 4, contrast: 0.2, modify });
    const outcome = await alignMovie(alignRequest(path));
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.2);
    expect(outcome.hotPixels).toHaveLength(3);
    expect(outcome.hotPixels).toEqual(expect.arrayContaining(hotPixels));
    expect(outcome.sum.reduce((a, b) => Math.max(a, b), 0)).toBeLessThan(200);
  });

  it('follow the drift of a movie whose frames are aligned in groups', async () => {
    const shifts = Array.from({ length: 170 }, (_, i): [number, number] => [0.04 * i, -0.02 * i]);
    const path = join(dir, 'long.mrc');
    writeSyntheticMovie(path, { width: 192, height: 192, shifts, dose: 3, contrast: 0.3 });
    const outcome = await alignMovie(alignRequest(path));
    expect(outcome.shiftsPixels).toHaveLength(170);
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.25);
  });
});

describe('the sums', () => {
  it('restore the sharp image: the shifts of the frames are corrected', async () => {
    const shifts: [number, number][] = [
      [0, 0],
      [1.5, -0.75],
      [3.25, 2],
      [4, 3.5],
    ];
    const options = { width: 256, height: 256, dose: 10, contrast: 0.3, noiseless: true };
    const path = join(dir, 'sharp.mrc');
    writeSyntheticMovie(path, { ...options, shifts });
    const outcome = await alignMovie(alignRequest(path));
    expect(rmsd(outcome.shiftsPixels, shifts)).toBeLessThan(0.05);
    const [truth] = [...syntheticFrames({ ...options, shifts: [[0, 0]] })];
    // without the borders, where content moves in; the standard deviation of the specimen itself is 3
    let squares = 0;
    for (let y = 32; y < 224; y++) {
      for (let x = 32; x < 224; x++) squares += (outcome.sum[y * 256 + x]! / 4 - truth![y * 256 + x]!) ** 2;
    }
    expect(Math.sqrt(squares) / 192).toBeLessThan(0.1);
  });

  it('of frames without motion are arithmetic sums', async () => {
    const options = { width: 128, height: 96, dose: 5, shifts: noMotion(3), noiseless: true };
    const path = join(dir, 'still.mrc');
    writeSyntheticMovie(path, options);
    const { sum } = await alignMovie(alignRequest(path));
    const [frame] = [...syntheticFrames(options)];
    const maxError = sum.reduce((max, v, i) => Math.max(max, Math.abs(v - 3 * frame![i]!)), 0);
    expect(maxError).toBeLessThan(0.02);
  });

  it('binned by 2 have half the size, and keep the mean and the waves below the new Nyquist frequency', async () => {
    const [width, height] = [128, 64];
    const wave = (x: number, y: number) =>
      10 + 3 * Math.cos((2 * Math.PI * 5 * x) / width) + 2 * Math.sin((2 * Math.PI * 7 * y) / height);
    const path = join(dir, 'binned.mrc');
    const writer = createMrcStackWriter(path, { width, height, mode: 2, pixelSizeA: 1 });
    const frame = Float32Array.from({ length: width * height }, (_, i) =>
      wave(i % width, Math.floor(i / width)),
    );
    for (let i = 0; i < 2; i++) writer.appendFrame(new Uint8Array(frame.buffer));
    writer.finish();
    const outcome = await alignMovie(alignRequest(path, { binning: 2 }));
    expect([outcome.width, outcome.height, outcome.pixelSizeA]).toEqual([64, 32, 2]);
    const maxError = outcome.sum.reduce(
      (max, v, i) => Math.max(max, Math.abs(v / 2 - wave(2 * (i % 64), 2 * Math.floor(i / 64)))),
      0,
    );
    expect(maxError).toBeLessThan(1e-3);
  });

  it('binned by 1.5 have the corresponding size and pixel size', async () => {
    const path = join(dir, 'fraction.mrc');
    writeSyntheticMovie(path, { width: 300, height: 200, shifts: noMotion(2), dose: 3 });
    const outcome = await alignMovie(alignRequest(path, { binning: 1.5 }));
    expect([outcome.width, outcome.height]).toEqual([200, 133]);
    expect(outcome.pixelSizeA).toBeCloseTo(1.5, 3);
  });

  it.each([2, 3])('are the same with one thread and with %i', async (threads) => {
    const path = join(dir, `threads-${threads}.mrc`);
    writeSyntheticMovie(path, { width: 256, height: 200, shifts: drift(7, 4), dose: 4, contrast: 0.2 });
    const singleThreaded = await alignMovie(alignRequest(path, { dosePerFrameEA2: 1.3 }));
    const multiThreaded = await alignMovie(alignRequest(path, { dosePerFrameEA2: 1.3, threads }));
    expect(multiThreaded.shiftsPixels).toEqual(singleThreaded.shiftsPixels);
    expect(Buffer.from(multiThreaded.sum.buffer).equals(Buffer.from(singleThreaded.sum.buffer))).toBe(true);
    expect(
      Buffer.from(multiThreaded.doseWeighted!.buffer).equals(
        Buffer.from(singleThreaded.doseWeighted!.buffer),
      ),
    ).toBe(true);
  });

  it('exclude the frames skipped by throw and trunc', async () => {
    const path = join(dir, 'throw.mrc');
    writeSyntheticMovie(path, { width: 64, height: 64, shifts: noMotion(6), dose: 5 });
    const outcome = await alignMovie(alignRequest(path, { throwFrames: 2, truncFrames: 1 }));
    expect([outcome.frames, outcome.firstFrame, outcome.lastFrame]).toEqual([6, 3, 5]);
    expect(outcome.shiftsPixels).toHaveLength(3);
    expect(outcome.sum.reduce((a, b) => a + b, 0) / 4096).toBeCloseTo(15, 0);
  });

  it('of a movie with one frame equal that frame', async () => {
    const options = { width: 64, height: 64, shifts: noMotion(1), dose: 5 };
    const path = join(dir, 'one.mrc');
    writeSyntheticMovie(path, options);
    const outcome = await alignMovie(alignRequest(path));
    const [frame] = [...syntheticFrames(options)];
    expect(outcome.shiftsPixels).toEqual([[0, 0]]);
    expect(outcome.sum[100]).toBeCloseTo(frame![100]!, 3);
  });
});

describe('pixel types', () => {
  const pixels = Array.from({ length: 70 * 33 }, (_, i) => (i * 37) % 100);
  it.each([
    ['u8', Uint8Array],
    ['i8', Int8Array],
    ['u16', Uint16Array],
    ['i16', Int16Array],
    ['u32', Uint32Array],
    ['i32', Int32Array],
    ['f32', Float32Array],
  ] as const)('%s frames are summed correctly', async (pixelType, Pixels) => {
    const path = join(dir, `type-${pixelType}.tif`);
    const writer = createTiffWriter(path, { width: 70, height: 33, pixelType, compression: 'lzw' });
    for (let i = 0; i < 2; i++) writer.appendFrame(new Uint8Array(Pixels.from(pixels).buffer));
    writer.finish();
    const { sum } = await alignMovie(alignRequest(path));
    expect(sum.reduce((max, v, i) => Math.max(max, Math.abs(v - 2 * pixels[i]!)), 0)).toBeLessThan(0.01);
  });
});
