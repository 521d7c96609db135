import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createMrcStackWriter } from '../../src/formats/mrc/write.ts';
import { inspectMovie, openMovie, readImage } from '../../src/formats/open.ts';
import { createTiffWriter } from '../../src/formats/tiff/write.ts';
import { buildTiff } from '../support/formats/tiff-file.ts';
import { errorOf, temporaryDirectory } from './temporary.ts';

const pathOf = temporaryDirectory();
const put = (bytes: Uint8Array | string): string => {
  writeFileSync(pathOf('movie'), bytes);
  return pathOf('movie');
};
const tiff = buildTiff({ width: 6, height: 5, pixelType: 'u8', compression: 5, chunk: { rows: 2 } }, [
  Array.from({ length: 30 }, (_, i) => i),
  Array.from({ length: 30 }, (_, i) => 30 - i),
]);

function mrc(): Buffer {
  const writer = createMrcStackWriter(pathOf('stack.mrc'), { width: 6, height: 5, mode: 6, pixelSizeA: 1 });
  for (let i = 0; i < 3; i++) writer.appendFrame(new Uint8Array(60).fill(i));
  writer.finish();
  return Buffer.from(readFileSync(pathOf('stack.mrc')));
}

describe('completeness by structure', () => {
  for (const [name, bytes] of [
    ['TIFF', tiff],
    ['MRC', mrc()],
  ] as const) {
    it(`a ${name} with only part of its bytes may still grow, and with all of them it is complete`, () => {
      for (let length = 0; length < bytes.length; length++) {
        const inspection = inspectMovie(put(bytes.subarray(0, length)));
        expect(inspection).toMatchObject({ complete: false, mayGrow: true, empty: length === 0 });
      }
      expect(inspectMovie(put(bytes)).complete).toBe(true);
    });

    it(`a ${name} that is preallocated with zeros and filled from the front is not complete while tables are missing`, () => {
      const tablesEnd = name === 'TIFF' ? bytes.length - 1 : 1;
      const partialFile = Buffer.alloc(bytes.length);
      bytes.copy(partialFile, 0, 0, Math.floor(tablesEnd / 2));
      expect(inspectMovie(put(partialFile))).toMatchObject({ complete: false, mayGrow: true });
    });
  }

  it('reports the structure of a complete movie', () => {
    expect(inspectMovie(put(tiff))).toEqual({
      complete: true,
      structure: {
        format: 'tiff',
        width: 6,
        height: 5,
        frames: 2,
        pixelType: 'u8',
        pixelSizeA: null,
        warnings: [],
      },
    });
  });

  it('reports an empty file', () => {
    expect(inspectMovie(put(''))).toMatchObject({ complete: false, empty: true, code: 'MOVIE_EMPTY' });
  });

  it.each([
    ['bzip2', '425a68393141592653'],
    ['zstd', '28b52ffd0458'],
    ['gzip', '1f8b0800000000'],
    ['xz', 'fd377a585a0000'],
  ])('returns the name of the program that compressed a movie: %s', (name, magic) => {
    const compressedFile = Buffer.concat([Buffer.from(magic, 'hex'), Buffer.alloc(2000, 0x5a)]);
    const inspection = inspectMovie(put(compressedFile));
    expect(inspection).toMatchObject({ complete: false, mayGrow: false, code: 'MOVIE_UNSUPPORTED' });
    expect(!inspection.complete && inspection.reason).toContain(`compressed by ${name}: decompress it first`);
  });

  it('reports that text can never become a valid movie', () => {
    const text = 'This is not a movie but text that is long enough. '.repeat(40);
    expect(inspectMovie(put(text))).toMatchObject({ complete: false, mayGrow: false, code: 'MOVIE_CORRUPT' });
  });

  it('reports a missing file, and refuses a folder', () => {
    expect(inspectMovie(pathOf('nothing'))).toMatchObject({
      complete: false,
      mayGrow: false,
      code: 'MOVIE_MISSING',
    });
    mkdirSync(pathOf('folder'));
    expect(inspectMovie(pathOf('folder'))).toMatchObject({ complete: false, code: 'MOVIE_CORRUPT' });
  });

  it('returns the expected and the actual size of a truncated file in the reason', () => {
    const inspection = inspectMovie(put(mrc().subarray(0, 1100)));
    expect(inspection).toMatchObject({
      reason: expect.stringMatching(/expected 1204 bytes, found 1100 bytes/),
    });
  });
});

describe('opening a movie or an image', () => {
  it('identifies the format by the first bytes, not by the name', () => {
    const writer = createTiffWriter(pathOf('camera.gain'), {
      width: 2,
      height: 1,
      pixelType: 'f32',
      compression: 'none',
    });
    writer.appendFrame(new Uint8Array(Float32Array.from([0.5, 1.5]).buffer));
    writer.finish();
    expect(openMovie(pathOf('camera.gain')).format).toBe('tiff');
    expect([...readImage(pathOf('camera.gain')).data]).toEqual([0.5, 1.5]);
  });

  it('reads integers of an image as floats', () => {
    expect([...readImage(put(tiff)).data.subarray(-6, -3)]).toEqual([0, 1, 2]);
  });

  it('refuses a missing frame and a buffer that is too small', () => {
    const reader = openMovie(put(tiff));
    expect(() => reader.readFrame(2, new Uint8Array(30))).toThrow(RangeError);
    expect(() => reader.readFrame(0, new Uint8Array(29))).toThrow(RangeError);
    reader.close();
    reader.close();
  });

  it('throws an error if the file is empty', () => {
    expect(errorOf(() => openMovie(put(''))).code).toBe('MOVIE_EMPTY');
  });
});
