import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { createLzwDecoder } from '../../../src/formats/lzw-decoder.ts';
import { PIXEL_BYTES, type PixelType } from '../../../src/formats/movie.ts';
import { openMovie } from '../../../src/formats/open.ts';
import { encodeLzw } from '../../../src/formats/tiff/lzw-encode.ts';
import { createTiffWriter, type TiffWriterOptions } from '../../../src/formats/tiff/write.ts';
import { encodeLiteralLzw } from '../../support/formats/tiff-file.ts';
import { errorOf, readFrames, temporaryDirectory } from '../temporary.ts';

const pathOf = temporaryDirectory();

function write(options: TiffWriterOptions, frames: readonly Uint8Array[]): string {
  const path = pathOf('written.tif');
  const writer = createTiffWriter(path, options);
  for (const frame of frames) writer.appendFrame(frame);
  writer.finish();
  return path;
}

/** Bytes with runs and noise, so that LZW strings become long and the LZW table fills up. */
function mixedBytes(length: number, seed: number): Uint8Array {
  const nextUint32 = createRandom(seed).uint32;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; ) {
    const run = nextUint32() % 7 === 0 ? nextUint32() % 300 : 1;
    const value = nextUint32() % 11 === 0 ? nextUint32() & 255 : nextUint32() % 3;
    bytes.fill(value, i, (i += run));
  }
  return bytes;
}

function decode(compressed: Uint8Array, capacity: number) {
  const decoder = createLzwDecoder();
  decoder.input(compressed.length).set(compressed);
  const result = decoder.decode(0, compressed.length, capacity);
  return result.ok ? Buffer.from(result.bytes) : result.reason;
}

describe('writing TIFF', () => {
  for (const compression of ['none', 'lzw', 'deflate'] as const)
    it(`writes ${compression} files of every pixel type, TIFF and BigTIFF, that are read back unchanged`, () => {
      for (const pixelType of Object.keys(PIXEL_BYTES) as PixelType[])
        for (const bigTiff of [false, true]) {
          const options = { width: 31, height: 17, pixelType, compression, bigTiff, rowsPerStrip: 4 };
          const frames = [1, 2, 3].map((seed) => mixedBytes(31 * 17 * PIXEL_BYTES[pixelType], seed));
          const path = write(options, frames);
          expect(readFrames(path)).toEqual(frames);
          expect(openMovie(path)).toMatchObject({ width: 31, height: 17, frames: 3, pixelType });
        }
    });

  it('links a frame only when it is complete, so that the file can be read at any time', () => {
    const path = pathOf('growing.tif');
    const writer = createTiffWriter(path, { width: 4, height: 4, pixelType: 'u8', compression: 'lzw' });
    expect(errorOf(() => openMovie(path)).code).toBe('MOVIE_TRUNCATED');
    for (let frames = 1; frames <= 3; frames++) {
      writer.appendFrame(new Uint8Array(16).fill(frames));
      expect(readFrames(path)).toHaveLength(frames);
    }
    writer.finish();
  });

  it('writes the description into the first directory', () => {
    const options = {
      width: 2,
      height: 2,
      pixelType: 'u8',
      compression: 'none',
      description: 'gain 5',
    } as const;
    expect(readFileSync(write(options, [new Uint8Array(4)])).includes('gain 5\0')).toBe(true);
  });

  it('opens a file with more frames than a 16-bit number can count', () => {
    const options = { width: 1, height: 1, pixelType: 'u8', compression: 'none' } as const;
    const reader = openMovie(
      write(
        options,
        Array.from({ length: 66_000 }, (_, i) => Uint8Array.of(i & 255)),
      ),
    );
    expect(reader.frames).toBe(66_000);
    const out = new Uint8Array(1);
    reader.readFrame(65_999, out);
    expect(out[0]).toBe(65_999 & 255);
    reader.close();
  });

  it('refuses a frame of the wrong length', () => {
    const writer = createTiffWriter(pathOf('wrong.tif'), {
      width: 2,
      height: 2,
      pixelType: 'u16',
      compression: 'none',
    });
    expect(() => writer.appendFrame(new Uint8Array(4))).toThrow(RangeError);
  });
});

describe('LZW', () => {
  it('restores any bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 3000 }),
          fc.nat(99).map((s) => mixedBytes(s * 300, s)),
        ),
        (bytes) => {
          expect(decode(encodeLzw(bytes), bytes.length)).toEqual(Buffer.from(bytes));
        },
      ),
      { numRuns: 150 },
    );
  });

  it('restores one repeated value, whose codes are used while they are being defined', () => {
    for (const length of [1, 2, 3, 17, 511, 5000, 1_000_000]) {
      const bytes = new Uint8Array(length).fill(7);
      expect(decode(encodeLzw(bytes), length)).toEqual(Buffer.from(bytes));
    }
  });

  it('restores data that fill the table, which is then cleared', () => {
    const bytes = mixedBytes(400_000, 3);
    expect(decode(encodeLzw(bytes), bytes.length)).toEqual(Buffer.from(bytes));
  });

  it('decodes data that never use the table', () => {
    const bytes = mixedBytes(2000, 4);
    expect(decode(encodeLiteralLzw(bytes), 2000)).toEqual(Buffer.from(bytes));
  });

  it('stops at the capacity and reports it', () => {
    expect(decode(encodeLzw(mixedBytes(5000, 5)), 4999)).toContain('more than 4999 bytes');
  });

  it('writes nothing beyond the capacity, whatever the input', () => {
    const memory = new WebAssembly.Memory({ initial: 2, maximum: 16, shared: true });
    const wasm = readFileSync(new URL('../../../src/formats/kernels/lzw.wasm', import.meta.url));
    const instance = new WebAssembly.Instance(new WebAssembly.Module(wasm), { env: { memory } });
    const kernel = instance.exports as {
      lzwInit(table: number): void;
      lzwDecode(src: number, srcEnd: number, dst: number, dstEnd: number, table: number): number;
    };
    const bytes = new Uint8Array(memory.buffer);
    const [table, source, target] = [16, 65536, 70000];
    kernel.lzwInit(table);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.nat(500), (noise, capacity) => {
        // The first code clears the table.
        bytes.set([0x80, ...noise], source);
        bytes.fill(0xaa, source + 1 + noise.length);
        const writtenBytes = kernel.lzwDecode(
          source,
          source + 1 + noise.length,
          target,
          target + capacity,
          table,
        );
        expect(writtenBytes).toBeLessThanOrEqual(capacity);
        expect(
          bytes.subarray(target + capacity, target + capacity + 4096).every((byte) => byte === 0xaa),
        ).toBe(true);
        expect(bytes.subarray(target - 64, target).every((byte) => byte === 0xaa)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
