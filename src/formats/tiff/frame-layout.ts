import type { InputFile } from '../input-file.ts';
import { plausiblePixelSizeA } from '../limits.ts';
import { PIXEL_BYTES, type PixelType } from '../movie.ts';
import { looksPacked, type NibbleOrder } from '../nibbles.ts';
import { readValues, type TiffDirectory, type TiffEntry, type TiffKind } from './directory.ts';
import { FrameTags } from './frame-tags.ts';
import { COMPRESSION, SAMPLE_FORMAT, TAG } from './tags.ts';

type TiffCompression = 'none' | 'lzw' | 'deflate';

/** The image of a directory. A chunk is a strip or a tile. */
export interface FrameLayout {
  readonly directoryAt: number;
  readonly width: number;
  readonly height: number;
  readonly pixelType: PixelType;
  /** Stored as 64-bit floats, which are narrowed when they are read. */
  readonly isDouble: boolean;
  /** There is no SampleFormat, or it is "not defined": see `signedness.ts`. */
  readonly isSignednessUnknown: boolean;
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
  /** Null if the file omits the lengths of uncompressed chunks. */
  readonly byteCounts: TiffEntry | null;
}

const MAX_CHUNKS = 1 << 20;
const DOUBLE_BITS = 64;

/** Reads the tags of one image. @throws CodedError MOVIE_CORRUPT or MOVIE_UNSUPPORTED with the tag */
export function readFrameLayout(file: InputFile, kind: TiffKind, directory: TiffDirectory): FrameLayout {
  const tags = new FrameTags(file, kind, directory);
  const storedWidth = tags.lengthPx('imageWidth');
  const height = tags.lengthPx('imageLength');
  const compression = compressionOf(tags.number('compression', 1), tags);
  const samples = tags.number('samplesPerPixel', 1);
  if (samples !== 1) throw tags.error('MOVIE_UNSUPPORTED', 'samplesPerPixel', '1', String(samples));
  const bits = tags.number('bitsPerSample', 1);
  const tiled = tags.has('tileWidth') || tags.has('tileOffsets');
  const isPacked = bits === 8 && !tiled && looksPacked(storedWidth, height);
  const width = isPacked ? 2 * storedWidth : storedWidth;
  const nibbles = isPacked ? 'lowFirst' : bits === 4 ? 'highFirst' : null;
  const pixelType = pixelTypeOf(bits, tags);
  const fillOrder = tags.number('fillOrder', 1);
  if (fillOrder !== 1) throw tags.error('MOVIE_UNSUPPORTED', 'fillOrder', '1', String(fillOrder));
  const predictor = compression === 'none' ? 1 : predictorOf(bits, pixelType, tags);
  return {
    directoryAt: directory.at,
    width,
    height,
    pixelType,
    isDouble: bits === DOUBLE_BITS,
    isSignednessUnknown: tags.number('sampleFormat', SAMPLE_FORMAT.undefined) === SAMPLE_FORMAT.undefined,
    nibbles,
    compression,
    predictor,
    ...readChunks(tags, width, height, tiled, compression === 'none'),
  };
}

type Chunks = Pick<
  FrameLayout,
  'tiled' | 'chunkWidth' | 'chunkHeight' | 'chunksAcross' | 'chunks' | 'offsets' | 'byteCounts'
>;

/** @param canOmitLengths - whether the table of the chunks' lengths may be missing */
function readChunks(
  tags: FrameTags,
  width: number,
  height: number,
  tiled: boolean,
  canOmitLengths: boolean,
): Chunks {
  const chunkWidth = tiled ? tags.lengthPx('tileWidth') : width;
  const chunkHeight = tiled
    ? tags.lengthPx('tileLength')
    : Math.min(height, tags.number('rowsPerStrip', height));
  if (!(chunkHeight >= 1))
    throw tags.error('MOVIE_CORRUPT', 'rowsPerStrip', '1 or more', String(chunkHeight));
  const chunksAcross = Math.ceil(width / chunkWidth);
  const chunks = chunksAcross * Math.ceil(height / chunkHeight);
  if (chunks > MAX_CHUNKS)
    throw tags.error('MOVIE_CORRUPT', 'tiles', `at most ${MAX_CHUNKS}`, String(chunks));
  const offsets = tags.table(tiled ? 'tileOffsets' : 'stripOffsets', chunks);
  const byteCounts = tags.table(tiled ? 'tileByteCounts' : 'stripByteCounts', chunks);
  if (!offsets) throw tags.error('MOVIE_CORRUPT', 'offsets of the strips', 'a table', 'none');
  if (!byteCounts && !canOmitLengths)
    throw tags.error('MOVIE_CORRUPT', 'lengths of the strips', 'a table', 'none');
  return {
    tiled,
    chunkWidth,
    chunkHeight,
    chunksAcross,
    chunks,
    offsets,
    byteCounts: byteCounts ?? null,
  };
}

/** Bytes of a pixel as it is stored. */
export const storedPixelBytes = ({ pixelType, isDouble }: FrameLayout): 1 | 2 | 4 | 8 =>
  isDouble ? 8 : PIXEL_BYTES[pixelType];

/** Bytes of a row of a chunk as it is stored, before it is compressed. */
export const chunkRowBytes = (layout: FrameLayout): number =>
  layout.nibbles ? Math.ceil(layout.chunkWidth / 2) : layout.chunkWidth * storedPixelBytes(layout);

/** Bytes of a complete chunk after decompression, with the pixels as they are stored. */
export const chunkBytes = (layout: FrameLayout): number => chunkRowBytes(layout) * layout.chunkHeight;

/** A reduced-resolution copy (bit 0 of NewSubfileType) is not a frame. */
export function isReducedCopy(file: InputFile, kind: TiffKind, directory: TiffDirectory): boolean {
  const entry = directory.entries.get(TAG.newSubfileType);
  return entry !== undefined && entry.count > 0 && (readValues(file, kind, entry, 1)[0]! & 1) === 1;
}

/**
 * Pixel size from XResolution if the unit is inch or centimetre and the value is plausible for a micrograph.
 */
export function readPixelSizeA(file: InputFile, kind: TiffKind, directory: TiffDirectory): number | null {
  const value = (tag: number) => {
    const entry = directory.entries.get(tag);
    return entry && entry.count > 0 ? readValues(file, kind, entry, 1)[0] : undefined;
  };
  const perUnit = value(TAG.xResolution);
  if (perUnit === undefined || !(perUnit > 0)) return null;
  const unitA = { 2: 2.54e8, 3: 1e8 }[value(TAG.resolutionUnit) ?? 2];
  return unitA === undefined ? null : plausiblePixelSizeA(unitA / perUnit);
}

/** Other compressions that are in use, so that an error can name them. */
const OTHER_COMPRESSIONS: Readonly<Record<number, string>> = {
  7: 'JPEG',
  32773: 'PackBits',
  34925: 'LZMA',
  50000: 'zstd',
  50001: 'WebP',
};

function compressionOf(number: number, tags: FrameTags): TiffCompression {
  switch (number) {
    case COMPRESSION.none:
      return 'none';
    case COMPRESSION.lzw:
      return 'lzw';
    case COMPRESSION.deflate:
    case COMPRESSION.deflateOld:
      return 'deflate';
    default:
      throw tags.error(
        'MOVIE_UNSUPPORTED',
        'compression',
        'none, LZW or deflate',
        `${OTHER_COMPRESSIONS[number] ?? 'compression'} (${number})`,
      );
  }
}

function predictorOf(bits: number, pixelType: PixelType, tags: FrameTags): FrameLayout['predictor'] {
  const predictor = tags.number('predictor', 1);
  if (predictor !== 1 && predictor !== 2 && predictor !== 3)
    throw tags.error('MOVIE_UNSUPPORTED', 'predictor', '1, 2 or 3', String(predictor));
  if (predictor !== 1 && (bits === 4 || bits === DOUBLE_BITS))
    throw tags.error('MOVIE_UNSUPPORTED', 'predictor', `1 for pixels of ${bits} bits`, String(predictor));
  if (predictor === 3 && pixelType !== 'f32')
    throw tags.error('MOVIE_CORRUPT', 'predictor', '1 or 2 for integers', '3');
  return predictor;
}

const UNSIGNED_TYPES: Readonly<Record<number, PixelType>> = { 4: 'u8', 8: 'u8', 16: 'u16', 32: 'u32' };
/** Sample format -> bits of a pixel -> type. */
const PIXEL_TYPES: Readonly<Record<number, Readonly<Record<number, PixelType>>>> = {
  [SAMPLE_FORMAT.unsigned]: UNSIGNED_TYPES,
  [SAMPLE_FORMAT.signed]: { 8: 'i8', 16: 'i16', 32: 'i32' },
  [SAMPLE_FORMAT.float]: { 32: 'f32', [DOUBLE_BITS]: 'f32' },
  // "not defined" is read as unsigned
  [SAMPLE_FORMAT.undefined]: UNSIGNED_TYPES,
};

function pixelTypeOf(bits: number, tags: FrameTags): PixelType {
  const format = tags.number('sampleFormat', SAMPLE_FORMAT.unsigned);
  const pixelType = PIXEL_TYPES[format]?.[bits];
  if (pixelType !== undefined) return pixelType;
  const found = `${bits} bits of sample format ${format}`;
  throw tags.error(
    'MOVIE_UNSUPPORTED',
    'bitsPerSample',
    '4, 8, 16 or 32 bits, or a float of 32 or 64',
    found,
  );
}
