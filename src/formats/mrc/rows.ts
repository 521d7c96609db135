import type { Boundary } from '../../base/real-path.ts';
import { type InputFile, openInputFile } from '../input-file.ts';
import { PIXEL_BYTES } from '../movie.ts';
import { unpackNibbles } from '../nibbles.ts';
import { asNumbers, swapBytes } from '../pixels.ts';
import { determineSignedness } from './signedness.ts';
import { type MrcLayout, readMrcStructure } from './structure.ts';
import { float16ToFloat32 } from './widen.ts';

/** An MRC image that is read in blocks of rows, so that not all of it has to be in memory. */
export interface MrcRows {
  readonly width: number;
  readonly height: number;
  readonly pixelSizeA: number | null;
  /** `count` rows from row `first` on of the first image, as stored: count*width values. */
  read(first: number, count: number): Float32Array;
  close(): void;
}

/**
 * @param within - see `openInputFile`
 * @throws CodedError MOVIE_MISSING, MOVIE_EMPTY, MOVIE_TRUNCATED, MOVIE_CORRUPT or MOVIE_UNSUPPORTED
 */
export function openMrcRows(path: string, within?: Boundary): MrcRows {
  const file = openInputFile(path, within);
  try {
    const layout = determineSignedness(file, readMrcStructure(file));
    const { width, height, pixelSizeA } = layout;
    const read = (first: number, count: number) => readRows(file, layout, first, count);
    return { width, height, pixelSizeA, read, close: () => file.close() };
  } catch (error) {
    file.close();
    throw error;
  }
}

function readRows(file: InputFile, layout: MrcLayout, first: number, count: number): Float32Array {
  const { width, height, rowBytes, storage, littleEndian, pixelType } = layout;
  if (first < 0 || first + count > height)
    throw new RangeError(`There are no rows ${first} to ${first + count - 1}: the image has ${height}`);
  const bytes = new Uint8Array(count * rowBytes);
  file.readInto(bytes, layout.dataOffset + first * rowBytes, `row ${first}`);
  if (storage === 'f16') return new Float32Array(float16ToFloat32(bytes, littleEndian).buffer as ArrayBuffer);
  if (storage === 'u4') {
    const unpackedBytes = new Uint8Array(count * width);
    unpackNibbles(bytes, rowBytes, width, unpackedBytes);
    return Float32Array.from(unpackedBytes);
  }
  if (!littleEndian) swapBytes(bytes, PIXEL_BYTES[pixelType]);
  const values = asNumbers(bytes, pixelType);
  return values instanceof Float32Array ? values : Float32Array.from(values);
}
