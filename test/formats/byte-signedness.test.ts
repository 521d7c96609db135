import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { byteSignedness, wordSignedness } from '../../src/formats/byte-signedness.ts';
import { openMrcRows } from '../../src/formats/mrc/rows.ts';
import { createMrcStackWriter } from '../../src/formats/mrc/write.ts';
import { openMovie, readImage } from '../../src/formats/open.ts';
import { createTiffWriter } from '../../src/formats/tiff/write.ts';
import { randomNumbers } from '../support/random.ts';

/**
 * If a file does not state whether its pixels are signed, they must be read with the correct signedness, or
 * the file must be refused.
 */
const dir = mkdtempSync(join(tmpdir(), 'byte-signedness-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const SIDE = 128;
const FRAMES = 4;

/** Values of a normal distribution, in the range of signed or unsigned pixels of 8 or 16 bits. */
function normalValues(seed: number, mean: number, sigma: number, isSigned: boolean, bits = 8): number[] {
  const random = randomNumbers(seed);
  const lowest = isSigned ? -(2 ** (bits - 1)) : 0;
  const highest = lowest + 2 ** bits - 1;
  return Array.from({ length: SIDE * SIDE }, () => {
    const gaussian = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return Math.max(lowest, Math.min(highest, Math.round(mean + sigma * gaussian))) + 0;
  });
}

const bytes = (values: readonly number[]) => Uint8Array.from(values, (value) => value & 255);
const frames = (mean: number, sigma: number, isSigned: boolean) =>
  Array.from({ length: FRAMES }, (_, i) => normalValues(i + 1, mean, sigma, isSigned));

function uniformByte(seed: number): () => number {
  const random = randomNumbers(seed);
  return () => Math.floor(256 * random());
}

const UNSIGNED = [
  [120, 11],
  [120, 32],
  [128, 20],
  [140, 60],
  [100, 45],
  [60, 25],
] as const;
const SIGNED = [
  [0, 3],
  [0, 40],
  [2, 2],
  [20, 30],
  [-20, 30],
  [50, 40],
] as const;

describe('byteSignedness', () => {
  it.each(UNSIGNED)('is unsigned for counts with mean %d and standard deviation %d', (mean, sigma) => {
    expect(byteSignedness(frames(mean, sigma, false).map(bytes))).toBe('unsigned');
  });

  it.each(SIGNED)('is signed for values with mean %d and standard deviation %d', (mean, sigma) => {
    expect(byteSignedness(frames(mean, sigma, true).map(bytes))).toBe('signed');
  });

  it('is "either" if all values are below 128', () => {
    expect(byteSignedness(frames(6, 2.5, false).map(bytes))).toBe('either');
  });

  it('is unsigned for counts with hot pixels, however bright', () => {
    const hotFrames = frames(6, 2.5, false).map((frame) => frame.map((v, i) => (i % 101 === 0 ? 255 : v)));
    expect(byteSignedness(hotFrames.map(bytes))).toBe('unsigned');
    const framesWithBrightPixels = frames(6, 2.5, false).map((frame) =>
      frame.map((v, i) => (i % 211 === 0 ? 100 + ((i / 211) % 156) : v)),
    );
    expect(byteSignedness(framesWithBrightPixels.map(bytes))).toBe('unsigned');
  });

  it('is unsigned for bright counts with a masked area and saturated pixels', () => {
    const maskedFrames = frames(235, 14, false).map((frame) => frame.map((v, i) => (i % SIDE < 20 ? 0 : v)));
    expect(byteSignedness(maskedFrames.map(bytes))).toBe('unsigned');
  });

  it('is "unclear" if the values are consistent with both, and "saturated" if rare bytes of 255 may be -1', () => {
    const uniformBytes = Uint8Array.from({ length: SIDE * SIDE }, uniformByte(4));
    expect(byteSignedness([uniformBytes])).toBe('unclear');
    const random = randomNumbers(3);
    const rareNegatives = frames(3, 1, false).map((frame) => frame.map((v) => (random() < 0.01 ? -1 : v)));
    expect(byteSignedness(rareNegatives.map(bytes))).toBe('saturated');
  });

  it('has a counterpart for 16-bit words, `wordSignedness`', () => {
    const words = (mean: number, sigma: number, isSigned: boolean) => [
      Uint16Array.from(normalValues(5, mean, sigma, isSigned, 16), (value) => value & 65535),
    ];
    for (const [mean, sigma] of [
      [4, 2],
      [1000, 300],
    ] as const)
      expect(wordSignedness(words(mean, sigma, false))).toBe('either');
    for (const [mean, sigma] of [
      [32768, 6],
      [32768, 4000],
      [40000, 200],
      [20000, 8000],
    ] as const)
      expect(wordSignedness(words(mean, sigma, false))).toBe('unsigned');
    for (const [mean, sigma] of [
      [0, 2],
      [0, 3000],
      [500, 700],
    ] as const)
      expect(wordSignedness(words(mean, sigma, true))).toBe('signed');
  });
});

/** An MRC of mode 0 without IMOD's stamp. */
function writeUnstampedMrc(name: string, content: readonly Uint8Array[]): string {
  const path = join(dir, name);
  const writer = createMrcStackWriter(path, { width: SIDE, height: SIDE, mode: 0, pixelSizeA: 1 });
  for (const frame of content) writer.appendFrame(frame);
  writer.finish();
  const file = readFileSync(path);
  file.fill(0, 152, 160);
  writeFileSync(path, file);
  return path;
}

/** A TIFF in which the SampleFormat tag is replaced by an unknown one. */
function writeUntaggedTiff(
  name: string,
  pixelType: 'u8' | 'u16',
  compression: 'none' | 'lzw',
  content: readonly Uint8Array[],
) {
  const path = join(dir, name);
  const writer = createTiffWriter(path, { width: SIDE, height: SIDE, pixelType, compression });
  for (const frame of content) writer.appendFrame(frame);
  writer.finish();
  const file = readFileSync(path);
  const tag = Buffer.from([0x53, 0x01, 3, 0, 1, 0, 0, 0, 1, 0]);
  for (let offset = file.indexOf(tag); offset >= 0; offset = file.indexOf(tag, offset + 1))
    file.writeUInt16LE(0x154, offset);
  writeFileSync(path, file);
  return path;
}

function valuesOf(path: string): number[] {
  return [...readImage(path).data];
}

describe('a file that does not state whether its bytes are signed', () => {
  it.each(UNSIGNED)('is read as unsigned, with a warning: MRC, mean %d, sigma %d', (mean, sigma) => {
    const counts = frames(mean, sigma, false);
    const path = writeUnstampedMrc('unsigned.mrc', counts.map(bytes));
    const reader = openMovie(path);
    reader.close();
    expect(reader.pixelType).toBe('u8');
    expect(reader.warnings.join()).toMatch(
      /does not state whether mode 0 is signed; the pixel values show that it is unsigned/,
    );
    expect(valuesOf(path)).toEqual(counts[0]);
    const rows = openMrcRows(path);
    expect([...rows.read(0, SIDE)]).toEqual(counts[0]);
    rows.close();
  });

  it.each(SIGNED)('is read as signed: MRC and TIFF, mean %d, sigma %d', (mean, sigma) => {
    const values = frames(mean, sigma, true);
    expect(valuesOf(writeUnstampedMrc('signed.mrc', values.map(bytes)))).toEqual(values[0]);
    for (const compression of ['none', 'lzw'] as const) {
      const path = writeUntaggedTiff('signed.tiff', 'u8', compression, values.map(bytes));
      const reader = openMovie(path);
      reader.close();
      expect(reader.pixelType).toBe('i8');
      expect(reader.warnings.join()).toContain('SampleFormat');
      expect(valuesOf(path).sort()).toEqual([...values[0]!].sort());
    }
  });

  it('is read as unsigned, without a warning: TIFF, as the standard specifies', () => {
    for (const [mean, sigma] of UNSIGNED) {
      const reader = openMovie(
        writeUntaggedTiff('unsigned.tiff', 'u8', 'lzw', frames(mean, sigma, false).map(bytes)),
      );
      reader.close();
      expect([reader.pixelType, reader.warnings]).toEqual(['u8', []]);
    }
  });

  it('is read as signed 16-bit numbers if its values are around zero: TIFF', () => {
    const values = normalValues(8, 0, 500, true, 16);
    const content = new Uint8Array(Int16Array.from(values).buffer);
    const path = writeUntaggedTiff('words.tiff', 'u16', 'lzw', [content, content]);
    expect(Math.min(...valuesOf(path))).toBe(Math.min(...values));
  });

  it('fails, with a remedy, if its values are consistent with both', () => {
    const uniformBytes = Uint8Array.from({ length: SIDE * SIDE }, uniformByte(4));
    const signError = expect.objectContaining({
      code: 'MOVIE_UNSUPPORTED',
      message: expect.stringMatching(/does not state whether its pixels are signed.*mode 6/),
    });
    expect(() => openMovie(writeUnstampedMrc('uniform.mrc', [uniformBytes]))).toThrow(signError);
    expect(() => openMovie(writeUntaggedTiff('uniform.tiff', 'u8', 'lzw', [uniformBytes]))).toThrow(
      signError,
    );
    expect(() => openMovie(writeUntaggedTiff('uniform.tiff', 'u8', 'none', [uniformBytes]))).toThrow(
      signError,
    );
  });

  it('fails if rare bytes of 255 may be -1 or saturated pixels: MRC', () => {
    const random = randomNumbers(3);
    const rareNegatives = frames(3, 1, false).map((frame) => frame.map((v) => (random() < 0.01 ? -1 : v)));
    expect(() => openMovie(writeUnstampedMrc('rare.mrc', rareNegatives.map(bytes)))).toThrow(
      /does not state whether its pixels are signed/,
    );
  });
});
