import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CodedError } from '../../../src/contract/errors.ts';
import { addMappedDefects, PixelSet } from '../../../src/engine/motion/defects.ts';
import { loadGain } from '../../../src/engine/motion/gain.ts';
import type { GainTarget } from '../../../src/engine/motion/gain-size.ts';
import { createMrcStackWriter } from '../../../src/formats/mrc/write.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import { buildDm, image, octets } from '../../support/formats/dm-file.ts';
import { buildTiff } from '../../support/formats/tiff-file.ts';

const dir = mkdtempSync(join(tmpdir(), 'gain-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function write(name: string, width: number, height: number, values: readonly number[]): string {
  const path = join(dir, name);
  const shape = { width, height };
  const writer = name.endsWith('.mrc')
    ? createMrcStackWriter(path, { ...shape, mode: 2, pixelSizeA: 1 })
    : createTiffWriter(path, { ...shape, pixelType: 'f32', compression: 'none' });
  writer.appendFrame(new Uint8Array(Float32Array.from(values).buffer));
  writer.finish();
  return path;
}

const movie = (
  format: GainTarget['format'],
  width: number,
  height: number,
  upsampling?: 1 | 2,
): GainTarget => ({
  format,
  width,
  height,
  ...(upsampling ? { eer: { upsampling, framesPerFraction: 1, cameraFrames: 1, leftOver: 0 } } : {}),
});
const load = (path: string, target: GainTarget, rotate: 0 | 1 | 2 | 3 = 0) =>
  loadGain({ path, rotate, flip: 0 }, target);
const gainValues = (path: string, target: GainTarget) => [...load(path, target).image.data];
const errorOf = (action: () => unknown) => {
  try {
    action();
  } catch (error) {
    if (error instanceof CodedError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'no error';
};

describe('a gain reference for EER', () => {
  const fourValues = [1, 2, 4, 0];

  it('is a factor if its name ends in .gain, with rows from the bottom as in the EER file', () => {
    expect(gainValues(write('a.gain', 2, 2, fourValues), movie('eer', 2, 2, 1))).toEqual([4, 0, 1, 2]);
  });

  it('is a divisor otherwise, with zeros as defects, in the orientation of the displayed image', () => {
    expect(gainValues(write('a.mrc', 2, 2, fourValues), movie('eer', 2, 2, 1))).toEqual([1, 0.5, 0.25, 0]);
    expect(gainValues(write('a.tiff', 2, 2, fourValues), movie('eer', 2, 2, 1))).toEqual([1, 0.5, 0.25, 0]);
  });

  it('with the size of the sensor is applied to blocks of 2x2 pixels if the movie is upsampled, without a warning', () => {
    const loaded = load(write('b.gain', 2, 1, [1, 2]), movie('eer', 4, 2, 2));
    expect([...loaded.image.data]).toEqual([1, 1, 2, 2, 1, 1, 2, 2]);
    expect(loaded.findings).toEqual([]);
  });

  it('with twice the size is reduced to the size of the sensor by averaging sensitivities', () => {
    // A map that divides the counts: sensitivities 1, 3, 2, 2 have the mean 2.
    const loaded = load(write('c.mrc', 2, 2, [1, 3, 2, 2]), movie('eer', 1, 1, 1));
    expect([...loaded.image.data]).toEqual([0.5]);
    // One dead pixel of four: three quarters of the electrons are counted.
    expect(gainValues(write('d.gain', 2, 2, [1, 1, 1, 0]), movie('eer', 1, 1, 1))[0]).toBeCloseTo(4 / 3, 6);
  });
});

describe('a gain reference of 64-bit floats, as numpy writes them', () => {
  const doubles = [1.5, 2.25, 0.1, 4];

  it.each([
    [true, 1],
    [false, 1],
    [true, 8],
    [false, 8],
  ] as const)('is read: little-endian %s, compression %i', (isLittleEndian, compression) => {
    // Two words of 32 bits for each value.
    const bytes = Buffer.from(new Float64Array(doubles).buffer);
    const pairs = doubles.map((_, i) => [bytes.readUInt32LE(8 * i), bytes.readUInt32LE(8 * i + 4)]);
    const words = pairs.flatMap((pair) => (isLittleEndian ? pair : pair.reverse()));
    const tags = { 256: [4, [2]], 258: [3, [64]], 339: [3, [3]] } satisfies Record<
      number,
      [number, number[]]
    >;
    const path = join(dir, `double-${isLittleEndian}-${compression}.tif`);
    writeFileSync(
      path,
      buildTiff({ width: 4, height: 2, pixelType: 'u32', littleEndian: isLittleEndian, compression, tags }, [
        words,
      ]),
    );
    expect(gainValues(path, movie('tiff', 2, 2))).toEqual([0.1, 4, 1.5, 2.25].map(Math.fround));
  });
});

describe('an error in a gain reference', () => {
  it.each([
    ['empty.mrc', Buffer.alloc(0), /^GAIN_UNREADABLE: .* It has no bytes/],
    ['text.mrc', Buffer.from('this is not a gain reference'), /^GAIN_UNREADABLE: .* It is not a valid file/],
    ['cut.mrc', Buffer.alloc(512), /^GAIN_UNREADABLE: .* It is shorter than/],
  ])('is reported as an error of the gain reference, not of the movie: %s', (name, bytes, message) => {
    const path = join(dir, name);
    writeFileSync(path, bytes);
    const error = errorOf(() => load(path, movie('mrc', 2, 2)));
    expect(error).toMatch(message);
    expect(error).not.toMatch(/movie/i);
  });
});

describe('a gain reference whose size is not that of the movie', () => {
  it('is applied to a super-resolution movie if it has counting resolution, with a warning', () => {
    const loaded = load(write('e.tiff', 1, 1, [3]), movie('tiff', 2, 2));
    expect([...loaded.image.data]).toEqual([3, 3, 3, 3]);
    expect(loaded.findings).toEqual([{ kind: 'gain-resized', ratio: 0.5, width: 1, height: 1 }]);
  });

  it('is applied to a counting movie if it has super-resolution, with a warning', () => {
    const loaded = load(write('f.tiff', 2, 2, [2, 2, 2, 2]), movie('tiff', 1, 1));
    expect([...loaded.image.data]).toEqual([2]);
    expect(loaded.findings).toEqual([{ kind: 'gain-resized', ratio: 2, width: 2, height: 2 }]);
  });

  it('causes an error in all other cases, with both sizes and a hint if it would fit when rotated', () => {
    const path = write('g.tiff', 3, 2, [1, 1, 1, 1, 1, 1]);
    expect(errorOf(() => load(path, movie('tiff', 2, 3)))).toMatch(
      /^GAIN_SIZE_MISMATCH: .*3x2, the movie 2x3\. It would fit after rotation by 90 degrees/,
    );
    expect(errorOf(() => load(path, movie('tiff', 5, 5)))).toMatch(/^GAIN_SIZE_MISMATCH: .*5x5\. \(/);
  });
});

describe('defects', () => {
  const badPixelsOf = (path: string, width: number, height: number) => {
    const badPixels = new PixelSet(width, height);
    addMappedDefects(badPixels, path);
    const badIndices = Array.from({ length: width * height }, (_, i) => i).filter((i) => badPixels.has(i));
    return badIndices.map((i) => `${i % width},${Math.floor(i / width)}`);
  };
  const writeText = (content: string) => {
    writeFileSync(join(dir, 'defects.txt'), content);
    return join(dir, 'defects.txt');
  };

  it('can be boxes in the format of MotionCor, with rows from the bottom', () => {
    expect(badPixelsOf(writeText('# bad\n1 0 2 1\n3 2 9 9\n'), 4, 4)).toEqual(['1,0', '2,0', '3,2', '3,3']);
  });

  it('can be a list from SerialEM, with rows from the top', () => {
    const list = 'CameraSizeX 4\r\nCameraSizeY 3\r\nK2Type 1\r\nBadPixels 0 0 3 2\r\n';
    expect(badPixelsOf(writeText(list), 4, 3)).toEqual(['3,0', '0,2']);
    expect(badPixelsOf(writeText('BadColumns 1\nBadRows 2\n'), 3, 3)).toEqual([
      '0,0',
      '1,0',
      '2,0',
      '1,1',
      '1,2',
    ]);
    expect(badPixelsOf(writeText('PartialBadColumn 2 1 0 1\nPartialBadRow 2 1 0 1\n'), 3, 3)).toEqual([
      '0,0',
      '1,0',
      '2,1',
      '2,2',
    ]);
    expect(badPixelsOf(writeText('UsableArea 1 0 2 1\n'), 3, 4)).toEqual([
      '0,0',
      '1,0',
      '2,0',
      '2,1',
      '2,2',
      '0,3',
      '1,3',
      '2,3',
    ]);
  });

  it('can be a list from SerialEM for a camera with half the size of the movie', () => {
    expect(badPixelsOf(writeText('CameraSizeX 2\nCameraSizeY 1\nBadPixels 1 0\n'), 4, 2)).toEqual([
      '2,0',
      '3,0',
      '2,1',
      '3,1',
    ]);
  });

  it('in a rotated list from SerialEM are assumed to have the orientation of the movie, with a warning; a list with a rotated camera size is refused', () => {
    const list = (size: string) => writeText(`${size}RotationAndFlip 3\nBadPixels 0 0\n`);
    const badPixels = new PixelSet(3, 2);
    expect(addMappedDefects(badPixels, list(''))).toEqual([{ kind: 'defects-rotated', rotationAndFlip: 3 }]);
    expect(badPixels.has(3)).toBe(true);
    expect(errorOf(() => badPixelsOf(list('CameraSizeX 2\nCameraSizeY 3\n'), 3, 2))).toMatch(
      /^DEFECTS_UNREADABLE: .*2x3, the movie 3x2. The list has RotationAndFlip 3/,
    );
    expect(errorOf(() => badPixelsOf(writeText('RotationAndFlip 9\n'), 3, 2))).toContain('line 1');
  });

  it('in a list that covers the camera many times are refused early', () => {
    const list = writeText('0 0 1048576 1048576\n'.repeat(100_000));
    expect(errorOf(() => badPixelsOf(list, 64, 64))).toMatch(
      /^DEFECTS_UNREADABLE: .*cover the camera many times/,
    );
  });

  it('in a text in neither format cause an error that names the line', () => {
    expect(errorOf(() => badPixelsOf(writeText('1 1 1 1\nhello\n'), 4, 4))).toMatch(
      /^DEFECTS_UNREADABLE: .*line 2/,
    );
  });

  it('can be an image in TIFF, MRC or DM4', () => {
    const map = [0, 1, 0, 0, 0, 0];
    const rowsFromTop = [0, 0, 0, 0, 1, 0];
    writeFileSync(
      join(dir, 'map.dm4'),
      buildDm(4, true, { ImageList: [image(3, 2, 6, octets(rowsFromTop))] }),
    );
    for (const path of [write('map.tiff', 3, 2, map), write('map.mrc', 3, 2, map), join(dir, 'map.dm4')])
      expect(badPixelsOf(path, 3, 2)).toEqual(['1,0']);
  });

  it('can be an image with half or twice the size', () => {
    expect(badPixelsOf(write('half.tiff', 2, 1, [0, 1]), 4, 2)).toEqual(['2,0', '3,0', '2,1', '3,1']);
    expect(badPixelsOf(write('twice.tiff', 4, 2, [0, 0, 0, 0, 0, 0, 0, 1]), 2, 1)).toEqual(['1,0']);
  });
});
