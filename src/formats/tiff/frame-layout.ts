import { CodedError, type ErrorCode } from '../../contract/errors.ts';
import type { InputFile } from '../input-file.ts';
import { crediblePixelSizeA, MAX_AXIS_PIXELS } from '../limits.ts';
import { PIXEL_BYTES, type PixelType } from '../movie.ts';
import { looksPacked, type NibbleOrder } from '../nibbles.ts';
import { readValues, type TiffDirectory, type TiffEntry, type TiffKind } from './directory.ts';
import { COMPRESSION, SAMPLE_FORMAT, TAG } from './tags.ts';

type TiffCompression = 'none' | 'lzw' | 'deflate';

/** The image of a directory. A chunk is a strip or a tile. */
export interface FrameLayout {
  readonly directoryAt: number;
  readonly width: number;
  readonly height: number;
  readonly pixelType: PixelType;
  /** Two pixels in a byte, and which half is the first; null: whole bytes. */
  readonly nibbles: NibbleOrder | null;
  readonly compression: TiffCompression;
  readonly predictor: 1 | 2 | 3;
  readonly chunkWidth: number;
  readonly chunkHeight: number;
  readonly chunksAcross: number;
  readonly chunks: number;
  readonly tiled: boolean;
  readonly offsets: TiffEntry;
  /** Null where the file omits the lengths of uncompressed chunks. */
  readonly byteCounts: TiffEntry | null;
}

const MAX_CHUNKS = 1 << 20;

/** Reads the tags of one image. @throws CodedError MOVIE_CORRUPT or MOVIE_UNSUPPORTED with the tag */
export function readFrameLayout(file: InputFile, kind: TiffKind, directory: TiffDirectory): FrameLayout {
  const fault = (code: ErrorCode, field: string, expected: string, found: string, detail = '') =>
    new CodedError(code, detail, { file: file.path, offset: directory.at, field, expected, found });
  const entryOf = (name: keyof typeof TAG) => directory.entries.get(TAG[name]);
  const number = (name: keyof typeof TAG, fallback?: number): number => {
    const entry = entryOf(name);
    const value = entry && entry.count > 0 ? readValues(file, kind, entry, 1)[0] : fallback;
    if (value === undefined) throw fault('MOVIE_CORRUPT', name, 'a value', 'none');
    return value;
  };
  const axis = (name: keyof typeof TAG): number => {
    const value = number(name);
    if (!Number.isInteger(value) || value < 1 || value > MAX_AXIS_PIXELS)
      throw fault('MOVIE_CORRUPT', name, `1 to ${MAX_AXIS_PIXELS}`, String(value));
    return value;
  };

  const storedWidth = axis('imageWidth');
  const height = axis('imageLength');
  const compression = compressionOf(number('compression', 1), fault);
  const samples = number('samplesPerPixel', 1);
  if (samples !== 1) throw fault('MOVIE_UNSUPPORTED', 'samplesPerPixel', '1', String(samples));
  const bits = number('bitsPerSample', 1);
  const tiled = entryOf('tileWidth') !== undefined || entryOf('tileOffsets') !== undefined;
  const isPacked = bits === 8 && !tiled && looksPacked(storedWidth, height);
  const width = isPacked ? 2 * storedWidth : storedWidth;
  const nibbles = isPacked ? 'lowFirst' : bits === 4 ? 'highFirst' : null;
  const pixelType = pixelTypeOf(bits, number('sampleFormat', SAMPLE_FORMAT.unsigned), fault);
  const fillOrder = number('fillOrder', 1);
  if (fillOrder !== 1) throw fault('MOVIE_UNSUPPORTED', 'fillOrder', '1', String(fillOrder));
  const predictor = compression === 'none' ? 1 : number('predictor', 1);
  if (predictor !== 1 && predictor !== 2 && predictor !== 3)
    throw fault('MOVIE_UNSUPPORTED', 'predictor', '1, 2 or 3', String(predictor));
  if (predictor !== 1 && bits === 4)
    throw fault('MOVIE_UNSUPPORTED', 'predictor', '1 for pixels of 4 bits', String(predictor));
  if (predictor === 3 && pixelType !== 'f32')
    throw fault('MOVIE_CORRUPT', 'predictor', '1 or 2 for whole numbers', '3');

  const chunkWidth = tiled ? axis('tileWidth') : width;
  const chunkHeight = tiled ? axis('tileLength') : Math.min(height, number('rowsPerStrip', height));
  if (!(chunkHeight >= 1)) throw fault('MOVIE_CORRUPT', 'rowsPerStrip', '1 or more', String(chunkHeight));
  const chunksAcross = Math.ceil(width / chunkWidth);
  const chunks = chunksAcross * Math.ceil(height / chunkHeight);
  if (chunks > MAX_CHUNKS) throw fault('MOVIE_CORRUPT', 'tiles', `at most ${MAX_CHUNKS}`, String(chunks));
  const table = (name: keyof typeof TAG) => {
    const entry = entryOf(name);
    if (entry && entry.count < chunks)
      throw fault('MOVIE_CORRUPT', name, `${chunks} values`, String(entry.count));
    return entry;
  };
  const offsets = table(tiled ? 'tileOffsets' : 'stripOffsets');
  const byteCounts = table(tiled ? 'tileByteCounts' : 'stripByteCounts');
  if (!offsets || (!byteCounts && compression !== 'none'))
    throw fault(
      'MOVIE_CORRUPT',
      offsets ? 'lengths of the strips' : 'offsets of the strips',
      'a table',
      'none',
    );
  return {
    directoryAt: directory.at,
    width,
    height,
    pixelType,
    nibbles,
    compression,
    predictor,
    tiled,
    chunkWidth,
    chunkHeight,
    chunksAcross,
    chunks,
    offsets,
    byteCounts: byteCounts ?? null,
  };
}

/** Bytes of a row of a chunk as it is stored, before it is compressed. */
export const chunkRowBytes = ({ nibbles, chunkWidth, pixelType }: FrameLayout): number =>
  nibbles ? Math.ceil(chunkWidth / 2) : chunkWidth * PIXEL_BYTES[pixelType];

/** Bytes of a whole decoded chunk, as stored. */
export const chunkBytes = (layout: FrameLayout): number => chunkRowBytes(layout) * layout.chunkHeight;

/** A reduced-resolution copy (bit 0 of NewSubfileType) is not a frame. */
export function isReducedCopy(file: InputFile, kind: TiffKind, directory: TiffDirectory): boolean {
  const entry = directory.entries.get(TAG.newSubfileType);
  return entry !== undefined && entry.count > 0 && (readValues(file, kind, entry, 1)[0]! & 1) === 1;
}

/**
 * Pixel size from XResolution, where the unit is inch or centimetre and the value is credible for a
 * micrograph.
 */
export function readPixelSizeA(file: InputFile, kind: TiffKind, directory: TiffDirectory): number | null {
  const value = (tag: number) => {
    const entry = directory.entries.get(tag);
    return entry && entry.count > 0 ? readValues(file, kind, entry, 1)[0] : undefined;
  };
  const perUnit = value(TAG.xResolution);
  if (perUnit === undefined || !(perUnit > 0)) return null;
  const unitA = { 2: 2.54e8, 3: 1e8 }[value(TAG.resolutionUnit) ?? 2];
  return unitA === undefined ? null : crediblePixelSizeA(unitA / perUnit);
}

type Fault = (code: ErrorCode, field: string, expected: string, found: string, detail?: string) => CodedError;

/** Other compressions that are in use, so that an error can name them. */
const OTHER_COMPRESSIONS: Readonly<Record<number, string>> = {
  7: 'JPEG',
  32773: 'PackBits',
  34925: 'LZMA',
  50000: 'zstd',
  50001: 'WebP',
};

function compressionOf(number: number, fault: Fault): TiffCompression {
  switch (number) {
    case COMPRESSION.none:
      return 'none';
    case COMPRESSION.lzw:
      return 'lzw';
    case COMPRESSION.deflate:
    case COMPRESSION.deflateOld:
      return 'deflate';
    default:
      throw fault(
        'MOVIE_UNSUPPORTED',
        'compression',
        'none, LZW or deflate',
        `${OTHER_COMPRESSIONS[number] ?? 'compression'} (${number})`,
      );
  }
}

function pixelTypeOf(bits: number, format: number, fault: Fault): PixelType {
  const found = `${bits} bits of sample format ${format}`;
  const unsupported = () =>
    fault('MOVIE_UNSUPPORTED', 'bitsPerSample', '4, 8, 16 or 32 bits, or a 32-bit float', found);
  switch (format) {
    case SAMPLE_FORMAT.float:
      if (bits !== 32) throw unsupported();
      return 'f32';
    case SAMPLE_FORMAT.signed:
      if (bits === 8) return 'i8';
      if (bits === 16) return 'i16';
      if (bits === 32) return 'i32';
      throw unsupported();
    // 4 means "not defined", which is read as unsigned.
    case SAMPLE_FORMAT.unsigned:
    case 4:
      if (bits === 8 || bits === 4) return 'u8';
      if (bits === 16) return 'u16';
      if (bits === 32) return 'u32';
      throw unsupported();
    default:
      throw unsupported();
  }
}
