import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { CodedError } from '../../../src/contract/errors.ts';
import { openMovie, readImage } from '../../../src/formats/open.ts';
import {
  buildDm,
  floats,
  image,
  octets,
  struct,
  structs,
  text,
  ulong,
  ushorts,
} from '../../support/formats/dm-file.ts';
import { errorOf, flipVertically, temporaryDirectory } from '../temporary.ts';

const pathOf = temporaryDirectory();
const put = (bytes: Uint8Array): string => {
  writeFileSync(pathOf('image.dm4'), bytes);
  return pathOf('image.dm4');
};
const thumbnail = image(1, 1, 6, octets([9]));
const root = (picture: ReturnType<typeof image>) => ({
  ApplicationBounds: struct([0, 0, 100, 200]),
  'Image Behavior': { Name: text('K3'), Table: structs(3) },
  ImageList: [thumbnail, picture],
  Untitled: ulong(7),
});
const sampleImage = image(3, 2, 2, floats([1, 2, 3, 4, 5, 6.5]));

describe('DigitalMicrograph images', () => {
  it.each([
    [3, true],
    [3, false],
    [4, true],
    [4, false],
  ] as const)('of version %i, little-endian %s, are read', (version, littleEndian) => {
    const result = readImage(put(buildDm(version, littleEndian, root(sampleImage))));
    expect(result).toMatchObject({ width: 3, height: 2 });
    // The file begins with the top row of the image, the result with the bottom row.
    expect([...result.data]).toEqual([4, 5, 6.5, 1, 2, 3]);
  });

  it.each([
    ['bytes of a defect map', 6, octets([0, 1, 255, 0, 0, 1]), [0, 1, 255, 0, 0, 1]],
    ['16-bit numbers', 10, ushorts([1, 2, 3, 4, 5, 65535]), [1, 2, 3, 4, 5, 65535]],
  ] as const)('can contain %s', (_, dataType, data, expected) => {
    for (const littleEndian of [true, false]) {
      const bytes = buildDm(4, littleEndian, root(image(3, 2, dataType, data)));
      expect(flipVertically(readImage(put(bytes)).data, 3)).toEqual(expected);
    }
  });

  it('cannot be opened as movies', () => {
    expect(errorOf(() => openMovie(put(buildDm(4, true, root(sampleImage))))).code).toBe('MOVIE_UNSUPPORTED');
  });

  it('are refused if they have complex pixels or are too short for their size (the error names the tag)', () => {
    const shortError = errorOf(() => readImage(put(buildDm(4, true, root(image(30, 20, 2, floats([1])))))));
    expect([shortError.code, shortError.location.field]).toEqual([
      'MOVIE_CORRUPT',
      '/ImageList/1/ImageData/Data',
    ]);
    const complexError = errorOf(() => readImage(put(buildDm(4, true, root(image(1, 1, 3, floats([1])))))));
    expect(complexError.code).toBe('MOVIE_UNSUPPORTED');
  });

  it('that are cut off or damaged anywhere are read, or refused with an error of the reader', () => {
    const bytes = buildDm(4, true, root(sampleImage));
    for (let length = 0; length < bytes.length - 8; length += 3)
      expect(() => readImage(put(bytes.subarray(0, length)))).toThrow(CodedError);
    for (let seed = 0; seed < 1000; seed++) {
      const nextUint32 = createRandom(seed).uint32;
      const damagedBytes = Buffer.from(bytes);
      for (let i = 0; i < 3; i++) damagedBytes[nextUint32() % damagedBytes.length] = nextUint32() & 255;
      try {
        readImage(put(damagedBytes));
      } catch (error) {
        expect(error).toBeInstanceOf(CodedError);
      }
    }
  });
});
