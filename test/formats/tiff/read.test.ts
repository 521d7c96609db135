import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { PIXEL_BYTES, type PixelType } from '../../../src/formats/movie.ts';
import { openMovie } from '../../../src/formats/open.ts';
import { asNumbers } from '../../../src/formats/pixels.ts';
import { buildTiff, packCodes, type Variant } from '../../support/formats/tiff-file.ts';
import { errorOf, flipVertically, readFrames, temporaryDirectory } from '../temporary.ts';

const pathOf = temporaryDirectory();
const put = (bytes: Uint8Array): string => {
  const path = pathOf('movie.tif');
  writeFileSync(path, bytes);
  return path;
};

/** Values that use the whole range of the type. */
function randomFrame({ width, height, pixelType }: Variant, seed: number): number[] {
  const nextUint32 = createRandom(seed).uint32;
  return Array.from({ length: width * height }, () => {
    const bits = nextUint32();
    if (pixelType === 'f32') return Math.fround((bits - 2 ** 31) / 1000);
    const size = 8 * PIXEL_BYTES[pixelType];
    const value = bits >>> (32 - size);
    return pixelType.startsWith('i') && value >= 2 ** (size - 1) ? value - 2 ** size : value;
  });
}

function expectSame(variant: Variant): void {
  const frames = [1, 2].map((seed) => randomFrame(variant, seed));
  const framesRead = readFrames(put(buildTiff(variant, frames)));
  // A TIFF begins with the top row of the image, a frame with the bottom row.
  expect(
    framesRead.map((bytes) => flipVertically(asNumbers(bytes, variant.pixelType), variant.width)),
  ).toEqual(frames);
}

const TYPES: PixelType[] = ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'f32'];
const SHAPE = { width: 37, height: 23 };
const STRIPS = { rows: 5 };
const TILES = { tileWidth: 16, tileLength: 16 };

describe('reading TIFF', () => {
  for (const pixelType of TYPES)
    for (const compression of [1, 5, 8, 32946] as const)
      it(`returns ${pixelType} pixels with compression ${compression} in every byte order, offset width and layout`, () => {
        for (const littleEndian of [true, false])
          for (const bigTiff of [true, false])
            for (const chunk of [STRIPS, TILES])
              expectSame({ ...SHAPE, pixelType, compression, littleEndian, bigTiff, chunk });
      });

  for (const pixelType of TYPES)
    it(`undoes predictor 2 on ${pixelType}`, () => {
      for (const littleEndian of [true, false])
        for (const compression of [5, 8] as const)
          for (const chunk of [STRIPS, TILES])
            expectSame({ ...SHAPE, pixelType, predictor: 2, compression, littleEndian, chunk });
    });

  it('undoes predictor 3 on floats', () => {
    for (const littleEndian of [true, false])
      for (const chunk of [STRIPS, TILES])
        expectSame({ ...SHAPE, pixelType: 'f32', predictor: 3, compression: 8, littleEndian, chunk });
  });

  it('returns the pixels for any size and division into strips or tiles', () => {
    fc.assert(
      fc.property(
        fc.record({
          width: fc.integer({ min: 1, max: 40 }),
          height: fc.integer({ min: 1, max: 40 }),
          pixelType: fc.constantFrom(...TYPES),
          compression: fc.constantFrom(1, 5, 8),
          predictor: fc.constantFrom(1, 2),
          littleEndian: fc.boolean(),
          bigTiff: fc.boolean(),
          chunk: fc.oneof(
            fc.record({ rows: fc.integer({ min: 1, max: 50 }) }),
            fc.record({
              tileWidth: fc.integer({ min: 1, max: 50 }),
              tileLength: fc.integer({ min: 1, max: 50 }),
            }),
          ),
        }),
        (variant) =>
          expectSame({ ...variant, ...(variant.compression === 1 ? { predictor: 1 } : {}) } as Variant),
      ),
      { numRuns: 200 },
    );
  });

  it('needs neither the lengths of uncompressed strips nor the number of rows per strip', () => {
    expectSame({ ...SHAPE, pixelType: 'u16', tags: { 278: undefined, 279: undefined } });
  });

  it('reads the last strip if it is padded to the height of the other strips', () => {
    const paddedFile = buildTiff(
      { width: 4, height: 6, pixelType: 'u8', compression: 8, chunk: { rows: 3 } },
      [Array.from({ length: 24 }, (_, i) => i)],
    );
    // The same strips, declared as an image of 5 rows.
    const heightOffset = paddedFile.indexOf(Buffer.from([1, 1, 4, 0, 1, 0, 0, 0, 6]));
    paddedFile[heightOffset + 8] = 5;
    expect(flipVertically(readFrames(put(paddedFile))[0]!, 4)).toEqual(
      Array.from({ length: 20 }, (_, i) => i),
    );
  });

  it('reads frames in any order, and into shared memory', () => {
    const variant: Variant = { ...SHAPE, pixelType: 'u8', compression: 5, chunk: STRIPS };
    const frames = [1, 2, 3].map((seed) => randomFrame(variant, seed));
    const reader = openMovie(put(buildTiff(variant, frames)));
    const out = new Uint8Array(new SharedArrayBuffer(37 * 23 + 1)).fill(77);
    reader.readFrame(2, out);
    expect([...out]).toEqual([...flipVertically(frames[2]!, 37), 77]);
    reader.close();
  });

  it('skips reduced copies of frames', () => {
    const variant: Variant = { ...SHAPE, pixelType: 'u8', tags: { 254: [4, [1]] } };
    expect(errorOf(() => openMovie(put(buildTiff(variant, [randomFrame(variant, 1)])))).message).toContain(
      'no frame',
    );
  });

  it('uses the resolution as the pixel size only if the value is plausible for a micrograph', () => {
    const size = (perUnit: number, unit: number) =>
      openMovie(
        put(
          buildTiff(
            { width: 1, height: 1, pixelType: 'u8', tags: { 282: [5, [perUnit]], 296: [3, [unit]] } },
            [[1]],
          ),
        ),
      ).pixelSizeA;
    expect(size(125_000_000, 3)).toBeCloseTo(0.8, 9);
    expect(size(254_000_000, 2)).toBeCloseTo(1, 9);
    expect(size(72, 2)).toBeNull();
    expect(size(100, 1)).toBeNull();
    expect(size(0, 3)).toBeNull();
  });
});

describe('reading invalid TIFF files', () => {
  const base: Variant = { width: 8, height: 8, pixelType: 'u8', chunk: { rows: 4 } };
  const frame = Array.from({ length: 64 }, (_, i) => i);
  const errorOfVariant = (variant: Partial<Variant>, frames = [frame]) =>
    errorOf(() => readFrames(put(buildTiff({ ...base, ...variant } as Variant, frames))));

  it('reports the index of the frame that differs in size', () => {
    const bytes = buildTiff(base, [frame, frame]);
    const widthOffset = bytes.lastIndexOf(Buffer.from([0, 1, 4, 0, 1, 0, 0, 0, 8, 0, 0, 0]));
    bytes[widthOffset + 8] = 4;
    expect(errorOf(() => openMovie(put(bytes)))).toMatchObject({
      code: 'MOVIE_SIZE_MISMATCH',
      location: { field: 'frame 1', expected: '8x8', found: '4x8' },
    });
  });

  it('finds a loop in the chain of directories', () => {
    const bytes = buildTiff(base, [frame, frame]);
    bytes.writeUInt32LE(bytes.readUInt32LE(4), bytes.length - 4);
    expect(errorOf(() => openMovie(put(bytes)))).toMatchObject({ code: 'MOVIE_CORRUPT' });
    expect(errorOf(() => openMovie(put(bytes))).message).toContain('loop');
  });

  it('reports truncation if a directory or a strip is beyond the end', () => {
    const bytes = buildTiff(base, [frame, frame]);
    for (const length of [5, 8, 100, bytes.length - 1])
      expect(errorOf(() => openMovie(put(bytes.subarray(0, length))))).toMatchObject({
        code: 'MOVIE_TRUNCATED',
      });
    const beyondEndError = errorOfVariant({ tags: { 273: [4, [8, 4_000_000_000]] } });
    expect(beyondEndError).toMatchObject({
      code: 'MOVIE_TRUNCATED',
      location: { field: 'frame 0 strip 1', offset: 4_000_000_000 },
    });
  });

  it('refuses sizes that do not match the bytes in the file', () => {
    expect(errorOfVariant({ tags: { 256: [4, [65536]], 257: [4, [65536]], 278: [4, [32768]] } }).code).toBe(
      'MOVIE_CORRUPT',
    );
    expect(errorOfVariant({ compression: 5, tags: { 257: [4, [60000]], 278: [4, [30000]] } }).code).toBe(
      'MOVIE_CORRUPT',
    );
    expect(errorOfVariant({ tags: { 256: [4, [65537]] } })).toMatchObject({
      location: { field: 'imageWidth' },
    });
    expect(errorOfVariant({ tags: { 278: [4, [0]] } })).toMatchObject({
      location: { field: 'rowsPerStrip' },
    });
    expect(errorOfVariant({ tags: { 273: [4, [8]] } })).toMatchObject({
      location: { field: 'stripOffsets' },
    });
  });

  for (const [name, tags] of [
    ['several samples', { 277: [3, [3]] }],
    ['one bit', { 258: [3, [1]] }],
    ['complex numbers', { 339: [3, [6]] }],
    ['JPEG', { 259: [3, [7]] }],
    ['bits in reversed order', { 266: [3, [2]] }],
  ] as [string, Variant['tags']][])
    it(`refuses ${name}`, () => {
      expect(errorOfVariant({ ...(tags ? { tags } : {}) }).code).toBe('MOVIE_UNSUPPORTED');
    });

  it('returns the name of an unsupported compression', () => {
    expect(errorOfVariant({ tags: { 259: [3, [50000]] } }).message).toContain('found zstd (50000)');
  });

  for (const compression of [5, 8] as const)
    it(`locates a strip that decodes to too few or too many bytes, compression ${compression}`, () => {
      // Four rows are stored; the tags declare more or fewer.
      for (const rows of [3, 5]) {
        const error = errorOfVariant({
          compression,
          chunk: { rows: 4 },
          tags: { 257: [4, [rows * 2]], 278: [4, [rows]] },
        });
        expect(error).toMatchObject({ code: 'MOVIE_CORRUPT', location: { field: 'frame 0 strip 0' } });
      }
    });

  it('locates an invalid LZW code', () => {
    const invalidCodes = packCodes([256, 1, 400, 257]);
    const bytes = buildTiff({ ...base, compression: 5, chunk: { rows: 8 } }, [frame]);
    invalidCodes.copy(bytes, 8);
    expect(errorOf(() => readFrames(put(bytes)))).toMatchObject({ code: 'MOVIE_CORRUPT' });
    expect(errorOf(() => readFrames(put(bytes))).message).toContain('LZW');
  });
});
