import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../src/contract/errors.ts';
import { createMrcStackWriter } from '../../src/formats/mrc/write.ts';
import { inspectMovie, openMovie } from '../../src/formats/open.ts';
import { frameBytes } from '../../src/formats/pixels.ts';
import { buildEer, EIGHT_BIT, SEVEN_BIT, streamOf } from './eer/build.ts';
import { seeded, temporaryDirectory } from './temporary.ts';
import { buildTiff, type Variant } from './tiff/build.ts';

const at = temporaryDirectory();
const FILES = Number(process.env.FUZZ_FILES ?? 4000);
/** A file of a few kilobytes may claim as much as LZW could hold, and no more. */
const MOST_FRAME_BYTES = 64 * 1024 * 1024;
const VALUES = [0, 1, 2, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

function originals(): Buffer[] {
  const shape = { width: 24, height: 18 };
  const frames = [1, 2].map((n) => Array.from({ length: 24 * 18 }, (_, i) => (i * n) % 100));
  const variants: Variant[] = [
    { ...shape, pixelType: 'u8', chunk: { rows: 5 } },
    { ...shape, pixelType: 'u8', compression: 5, chunk: { rows: 5 } },
    { ...shape, pixelType: 'i16', compression: 8, predictor: 2, little: false, chunk: { rows: 18 } },
    { ...shape, pixelType: 'f32', compression: 8, predictor: 3, big: true, chunk: { rows: 7 } },
    {
      ...shape,
      pixelType: 'u16',
      compression: 5,
      big: true,
      little: false,
      chunk: { tileWidth: 16, tileLength: 16 },
    },
    { ...shape, pixelType: 'u32', chunk: { tileWidth: 16, tileLength: 16 } },
  ];
  const mrcs = ([0, 1, 2, 6] as const).map((mode) => {
    const writer = createMrcStackWriter(at('mrc'), { ...shape, mode, pixelSizeA: 1 });
    for (let i = 0; i < 2; i++) writer.appendFrame(new Uint8Array(24 * 18 * [1, 2, 4, 0, 0, 0, 2][mode]!));
    writer.finish();
    return readFileSync(at('mrc'));
  });
  const electrons = frames[0]!.flatMap((count, i) =>
    count % 7 ? [] : [{ x: i % 24, y: Math.floor(i / 24) }],
  );
  const eers = [EIGHT_BIT, SEVEN_BIT, { compression: 65002, runBits: 5, xBits: 1, yBits: 3 } as const].map(
    (coding, i) =>
      buildEer(
        { ...shape, coding, big: i === 1, pieces: 1 + i },
        Array.from({ length: 5 }, () => streamOf(coding, 24, 18, electrons)),
      ),
  );
  return [...eers, ...variants.map((variant) => buildTiff(variant, frames)), ...mrcs];
}

/** One to eight changes: a byte, a word of an awkward value, a copied piece, a cut, a piece of noise. */
function mutate(original: Buffer, next: () => number): Buffer {
  let bytes = Buffer.from(original);
  for (let changes = 1 + (next() % 8); changes > 0 && bytes.length > 8; changes--) {
    // Half of the changes hit where the tables are: the first kilobyte and the last.
    const place =
      next() % 2 ? next() % bytes.length : next() % 2 ? next() % 1024 : bytes.length - 1 - (next() % 1024);
    const offset = Math.max(0, Math.min(bytes.length - 5, place));
    switch (next() % 6) {
      case 0:
        bytes[offset] = next() & 255;
        break;
      case 1:
        bytes.writeUInt32LE(VALUES[next() % VALUES.length]!, offset);
        break;
      case 2:
        bytes.writeUInt32BE(VALUES[next() % VALUES.length]!, offset);
        break;
      case 3:
        bytes.copy(bytes, offset, next() % bytes.length);
        break;
      case 4:
        bytes = bytes.subarray(0, offset + 1);
        break;
      case 5:
        for (let i = 0; i < 4; i++) bytes[offset + i] = next() & 255;
    }
  }
  return bytes;
}

/** Reads everything. @returns the code of the fault, or 'read' */
function readWhole(path: string): string {
  try {
    const reader = openMovie(path, { eer: { upsampling: 2, framesPerFraction: 2 } });
    try {
      const size = frameBytes(reader);
      expect(size).toBeLessThanOrEqual(MOST_FRAME_BYTES);
      const out = new Uint8Array(size);
      for (let frame = 0; frame < Math.min(reader.frames, 4); frame++) reader.readFrame(frame, out);
    } finally {
      reader.close();
    }
    return 'read';
  } catch (error) {
    if (error instanceof CodedError) return error.code;
    throw error;
  }
}

describe('damaged movies', () => {
  it(`each of ${FILES} is read or ends with a movie's error code`, () => {
    const sources = originals();
    const seen = new Map<string, number>();
    for (let file = 0; file < FILES; file++) {
      const next = seeded(file + Number(process.env.FUZZ_SEED ?? 0));
      const bytes = mutate(sources[file % sources.length]!, next);
      writeFileSync(at('damaged'), bytes);
      try {
        const result = readWhole(at('damaged'));
        seen.set(result, (seen.get(result) ?? 0) + 1);
        if (result !== 'read') expect(result).toMatch(/^(MOVIE_|TOO_FEW_FRAMES)/);
        const inspection = inspectMovie(at('damaged'));
        if (!inspection.complete) expect(inspection.code).toMatch(/^MOVIE_/);
      } catch (error) {
        throw new Error(`damaged file ${file}: ${String(error)}`, { cause: error });
      }
    }
    // The mutations reach the deep ends too; rarer codes need more files than a short run has.
    for (const result of ['read', 'MOVIE_TRUNCATED', 'MOVIE_GARBLED'])
      expect(seen.get(result) ?? 0, `no file ended as ${result}`).toBeGreaterThan(0);
  }, 3_600_000);
});
