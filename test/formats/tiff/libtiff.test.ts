import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { PIXEL_BYTES, type PixelType } from '../../../src/formats/movie.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import { flipVertically, readFrames, temporaryDirectory } from '../temporary.ts';

const pathOf = temporaryDirectory();
const isMissing = spawnSync('tiffcp', ['-h']).error !== undefined;

const SHAPE = { width: 203, height: 117 };
/** Random frames; floats are finite, so that they can be predicted and compared. */
function framesOf(pixelType: PixelType): Uint8Array[] {
  const nextUint32 = createRandom(PIXEL_BYTES[pixelType]).uint32;
  return [0, 1, 2].map(() => {
    const count = SHAPE.width * SHAPE.height;
    if (pixelType === 'f32')
      return new Uint8Array(Float32Array.from({ length: count }, () => nextUint32() / 1e6 - 2000).buffer);
    return Uint8Array.from({ length: count * PIXEL_BYTES[pixelType] }, () => nextUint32() % 5);
  });
}

const VARIANTS: [string, string[], PixelType[]][] = [
  ['LZW', ['-c', 'lzw', '-r', '16'], ['u8', 'i16', 'u32', 'f32']],
  ['LZW in one strip', ['-c', 'lzw', '-r', '4096'], ['u8', 'u16']],
  ['LZW with predictor 2', ['-c', 'lzw:2', '-r', '16'], ['u8', 'i8', 'u16', 'i32']],
  ['deflate', ['-c', 'zip', '-r', '7'], ['u8', 'u16', 'f32']],
  ['deflate with predictor 3', ['-c', 'zip:3', '-r', '16'], ['f32']],
  // Predictor 3 in big-endian files is not tested: libtiff itself reads different numbers from a file that
  // tiffcp 4.5 wrote.
  ['LZW with predictor 3', ['-c', 'lzw:3', '-r', '16'], ['f32']],
  ['LZW in tiles', ['-c', 'lzw', '-t', '-w', '64', '-l', '32'], ['u8', 'u16']],
  ['deflate in tiles with predictor 2', ['-c', 'zip:2', '-t', '-w', '64', '-l', '32'], ['u8', 'i16']],
  ['big-endian', ['-B', '-c', 'none'], ['u8', 'i16', 'u32', 'f32']],
  ['big-endian LZW with predictor 2', ['-B', '-c', 'lzw:2'], ['u16', 'u32']],
  ['BigTIFF', ['-8', '-c', 'lzw'], ['u8', 'u16']],
  ['big-endian BigTIFF', ['-8', '-B', '-c', 'zip'], ['i16']],
];

describe.skipIf(isMissing)(
  `compared with libtiff${isMissing ? ' (skipped: tiffcp of libtiff-tools is not installed)' : ''}`,
  () => {
    for (const [name, options, types] of VARIANTS)
      it(`reads files from libtiff: ${name}`, () => {
        for (const pixelType of types) {
          const frames = framesOf(pixelType);
          const writer = createTiffWriter(pathOf('service.tif'), {
            ...SHAPE,
            pixelType,
            compression: 'lzw',
            rowsPerStrip: 10,
          });
          for (const frame of frames) writer.appendFrame(frame);
          writer.finish();
          execFileSync('tiffcp', [...options, pathOf('service.tif'), pathOf('libtiff.tif')]);
          const framesRead = readFrames(pathOf('libtiff.tif'));
          expect(framesRead.map((frame, i) => Buffer.from(frame).equals(frames[i]!))).toEqual([
            true,
            true,
            true,
          ]);
        }
      });

    for (const compression of ['none', 'lzw', 'deflate'] as const)
      it(`writes files that libtiff reads: ${compression}`, () => {
        const [frame] = framesOf('u16');
        const writer = createTiffWriter(pathOf('service.tif'), {
          ...SHAPE,
          pixelType: 'u16',
          compression,
          rowsPerStrip: 10,
        });
        writer.appendFrame(frame!);
        writer.finish();
        execFileSync('tiffcp', ['-c', 'none', '-r', '4096', pathOf('service.tif'), pathOf('plain.tif')]);
        // A TIFF begins with the top row of the image, a frame with the bottom row.
        const rows = flipVertically(new Uint16Array(frame!.buffer), SHAPE.width);
        expect(readFileSync(pathOf('plain.tif')).includes(Buffer.from(Uint16Array.from(rows).buffer))).toBe(
          true,
        );
      });
  },
);
