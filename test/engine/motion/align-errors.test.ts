import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import { createMrcStackWriter, writeMrc } from '../../../src/formats/mrc/write.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import { randomNumbers } from '../../support/random.ts';
import { alignRequest, codeOf } from './align-request.ts';
import { writeSyntheticMovie } from './synthetic-movie.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'align-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const noMotion = (frames: number): [number, number][] => Array.from({ length: frames }, () => [0, 0]);

describe('gain and defects', () => {
  it('are applied: a movie with the pattern of the gain reference becomes flat', async () => {
    const [width, height] = [96, 64];
    const random = randomNumbers(9);
    const gain = Float32Array.from({ length: width * height }, () => 0.5 + random());
    gain[777] = 0;
    gain[778] = Number.NaN;
    const path = join(dir, 'gain-movie.mrc');
    const writer = createMrcStackWriter(path, { width, height, mode: 2, pixelSizeA: 1 });
    const frame = gain.map((g) => (g > 0 ? 8 / g : 1000));
    for (let i = 0; i < 3; i++) writer.appendFrame(new Uint8Array(frame.buffer));
    writer.finish();
    const gainPath = join(dir, 'gain.mrc');
    writeMrc(gainPath, { width, height, data: gain }, null);
    const { sum } = await alignMovie(alignRequest(path, { gain: { path: gainPath, rotate: 0, flip: 0 } }));
    expect(sum.reduce((max, v) => Math.max(max, Math.abs(v - 24)), 0)).toBeLessThan(1e-3);
  });

  it('are applied: pixels in a defect map in text format are replaced', async () => {
    const path = join(dir, 'mapped.mrc');
    const modify = (frame: Float32Array) => frame.fill(60000, 64 * 20, 64 * 21);
    writeSyntheticMovie(path, { width: 64, height: 64, shifts: noMotion(3), dose: 5, modify });
    const map = join(dir, 'defects.txt');
    writeFileSync(map, '# x y w h\n0 20 64 1\n');
    const { sum } = await alignMovie(alignRequest(path, { defectMapPath: map }));
    expect(sum.reduce((a, b) => Math.max(a, b), 0)).toBeLessThan(100);
  });
});

describe('errors and cancellation', () => {
  let movie: string;
  beforeAll(() => {
    movie = join(dir, 'plain.mrc');
    writeSyntheticMovie(movie, { width: 128, height: 96, shifts: noMotion(8), dose: 2 });
  });
  const gain = (path: string, rotate: 0 | 1 = 0) => ({ gain: { path, rotate, flip: 0 as const } });

  it('TOO_FEW_FRAMES if all frames are skipped', async () => {
    expect(await codeOf(alignMovie(alignRequest(movie, { throwFrames: 5, truncFrames: 3 })))).toBe(
      'TOO_FEW_FRAMES',
    );
  });
  it('DOSE_CONTRADICTION if the total dose is not the sum of the doses per frame', async () => {
    const doses = { dosePerFrameEA2: 1, totalDoseEA2: 40 };
    expect(await codeOf(alignMovie(alignRequest(movie, doses)))).toBe('DOSE_CONTRADICTION');
  });
  it('GAIN_MISSING if there is no such file', async () => {
    expect(await codeOf(alignMovie(alignRequest(movie, gain(join(dir, 'nowhere.mrc')))))).toBe(
      'GAIN_MISSING',
    );
  });
  it('GAIN_UNREADABLE if the file is not an image', async () => {
    const path = join(dir, 'corrupt.mrc');
    writeFileSync(path, 'this is not a gain reference');
    expect(await codeOf(alignMovie(alignRequest(movie, gain(path))))).toBe('GAIN_UNREADABLE');
  });
  it('GAIN_SIZE_MISMATCH names both sizes', async () => {
    const path = join(dir, 'rotated.mrc');
    writeMrc(path, { width: 128, height: 96, data: new Float32Array(128 * 96).fill(1) }, null);
    await expect(alignMovie(alignRequest(movie, gain(path, 1)))).rejects.toThrow(
      /96x128 after rotation.*128x96/,
    );
  });
  it('DEFECTS_UNREADABLE names the line', async () => {
    const path = join(dir, 'bad-map.txt');
    writeFileSync(path, '1 2 3 4\nfoo bar\n');
    await expect(alignMovie(alignRequest(movie, { defectMapPath: path }))).rejects.toThrow(/line 2/);
  });
  it('ALIGNMENT_FAILED for a movie without counts', async () => {
    const path = join(dir, 'blank.mrc');
    writeSyntheticMovie(path, { width: 64, height: 64, shifts: noMotion(2), dose: 0 });
    expect(await codeOf(alignMovie(alignRequest(path)))).toBe('ALIGNMENT_FAILED');
  });
  it('MOVIE_MISSING if there is no such file', async () => {
    expect(await codeOf(alignMovie(alignRequest(join(dir, 'missing.mrc'))))).toBe('MOVIE_MISSING');
  });
  it('MOVIE_CHANGED if the file is written to during the alignment', async () => {
    const path = join(dir, 'changing.mrc');
    writeSyntheticMovie(path, { width: 64, height: 64, shifts: noMotion(3), dose: 2 });
    let isWritten = false;
    const onProgress = () => {
      if (isWritten) return;
      isWritten = true;
      writeFileSync(path, 'more', { flag: 'a' });
    };
    expect(await codeOf(alignMovie(alignRequest(path, { onProgress })))).toBe('MOVIE_CHANGED');
  });

  it.each([1, 2])('an abort ends the alignment with CANCELLED, %i thread(s)', async (threads) => {
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const alignment = alignMovie(alignRequest(movie, { threads, onProgress, signal: controller.signal }));
    expect(await codeOf(alignment)).toBe('CANCELLED');
    const secondOutcome = await alignMovie(alignRequest(movie, { threads }));
    expect(secondOutcome.sum).toHaveLength(128 * 96);
  });

  it.each([1, 2])('an error in a frame is reported with its code, %i thread(s)', async (threads) => {
    const path = join(dir, `corrupt-${threads}.tif`);
    const options = { width: 64, height: 64, pixelType: 'u8', compression: 'deflate' } as const;
    const writer = createTiffWriter(path, options);
    for (let i = 0; i < 4; i++)
      writer.appendFrame(new Uint8Array(64 * 64).map((_, k) => (k * (i + 7)) % 251));
    writer.finish();
    corruptFirstFrame(path);
    expect(await codeOf(alignMovie(alignRequest(path, { threads })))).toBe('MOVIE_CORRUPT');
  });

  it('progress increases to 1', async () => {
    const fractions: number[] = [];
    await alignMovie(alignRequest(movie, { onProgress: (fraction) => fractions.push(fraction) }));
    expect(fractions.at(-1)).toBe(1);
    expect(fractions.every((v, i) => i === 0 || v >= fractions[i - 1]!)).toBe(true);
  });
});

/** Overwrites pixel data of the first frame, which begins after the 8 bytes of the header. */
function corruptFirstFrame(path: string): void {
  const file = openSync(path, 'r+');
  writeSync(file, new Uint8Array(200).fill(0xff), 0, 200, 8);
  closeSync(file);
}
