import { truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeMrcHeader, UNDETERMINED } from '../../src/formats/mrc/header.ts';
import { inspectMovie, openMovie } from '../../src/formats/open.ts';
import { createTiffWriter } from '../../src/formats/tiff/write.ts';
import { buildTiff } from '../support/formats/tiff-file.ts';
import { errorOf, readFrames, temporaryDirectory } from './temporary.ts';

const pathOf = temporaryDirectory();
const put = (bytes: Uint8Array): string => {
  writeFileSync(pathOf('movie'), bytes);
  return pathOf('movie');
};
const fourBits = { 258: [3, [4]], 256: [4, [5]] } as Record<number, [number, number[]]>;

describe('TIFF with 4 bits per sample', () => {
  it.each([1, 5, 8] as const)(
    'has its first pixel in the high four bits of a byte, compression %i',
    (compression) => {
      const rows = [0x12, 0x34, 0x50, 0x6f, 0x01, 0xa0];
      const variant = { width: 3, height: 2, pixelType: 'u8', compression, tags: fourBits } as const;
      expect(readFrames(put(buildTiff({ ...variant, chunk: { rows: 1 } }, [rows])))).toEqual([
        Uint8Array.of(6, 15, 0, 1, 10, 1, 2, 3, 4, 5),
      ]);
    },
  );

  it('with a predictor is refused', () => {
    const tags = { ...fourBits, 317: [3, [2]] as [number, number[]] };
    const bytes = buildTiff({ width: 3, height: 2, pixelType: 'u8', compression: 5, tags }, [
      Array(6).fill(1),
    ]);
    expect(errorOf(() => openMovie(put(bytes))).code).toBe('MOVIE_UNSUPPORTED');
  });
});

describe('4-bit pixels that the header does not declare', () => {
  it('are recognised by the size of a super-resolution frame in MRC', () => {
    const [width, height] = [5760, 8184];
    const header = encodeMrcHeader({
      width,
      height,
      frames: 2,
      mode: 0,
      pixelSizeA: null,
      statistics: UNDETERMINED,
    });
    header.fill(0, 152, 160); // IMOD's stamp and flags
    const path = put(header);
    truncateSync(path, 1024 + 2 * width * height);
    const inspection = inspectMovie(path);
    expect(inspection).toMatchObject({
      structure: { width: 11520, height: 8184, frames: 2, pixelType: 'u8' },
    });
    expect(inspection.complete && inspection.structure.warnings.join()).toContain(
      'two 4-bit pixels in each byte',
    );
  });

  it('are recognised by the size of a super-resolution frame in TIFF, with the first pixel in the low four bits', () => {
    const [width, height] = [3838, 7420];
    const bytes = new Uint8Array(width * height);
    bytes[1] = 0x21;
    bytes[width] = 0x43;
    const path = pathOf('packed.tiff');
    const writer = createTiffWriter(path, { width, height, pixelType: 'u8', compression: 'deflate' });
    writer.appendFrame(bytes);
    writer.finish();
    const reader = openMovie(path);
    const out = new Uint8Array(2 * width * height);
    reader.readFrame(0, out);
    reader.close();
    expect([...out.subarray(0, 4)]).toEqual([0, 0, 1, 2]);
    expect([...out.subarray(2 * width, 2 * width + 2)]).toEqual([3, 4]);
  });
});
