import { deflateSync } from 'node:zlib';
import { PIXEL_BYTES, type PixelType } from '../movie.ts';
import { createOutputFile } from '../output-file.ts';
import { encodeDirectory, type WrittenEntry } from './directory-encode.ts';
import { encodeLzw } from './lzw-encode.ts';
import { COMPRESSION, FIELD, SAMPLE_FORMAT, TAG } from './tags.ts';

export interface TiffWriterOptions {
  readonly width: number;
  readonly height: number;
  readonly pixelType: PixelType;
  readonly compression: 'none' | 'lzw' | 'deflate';
  /** Default: strips of about 64 KiB. */
  readonly rowsPerStrip?: number;
  /** 64-bit offsets: required beyond 4 GiB. */
  readonly bigTiff?: boolean;
  /** ImageDescription of the first directory. */
  readonly description?: string;
}

export interface TiffWriter {
  /**
   * @param frame - width*height little-endian pixels, rows without padding, from the bottom of the image up
   */
  appendFrame(frame: Uint8Array): void;
  finish(): void;
}

const DEFAULT_STRIP_BYTES = 65536;
const CLASSIC_MAX_BYTES = 2 ** 32;

/**
 * A little-endian TIFF with one directory per frame, in strips from the top of the image, without predictor.
 * The link to a directory is written after the directory itself, so that a reader never follows a link to
 * missing bytes.
 * @throws CodedError DISK_FULL or OUTPUT_NOT_WRITABLE; RangeError for a frame of the wrong length or beyond 4
 * GiB
 */
export function createTiffWriter(path: string, options: TiffWriterOptions): TiffWriter {
  const { width, height, pixelType, compression, bigTiff = false } = options;
  const rowBytes = width * PIXEL_BYTES[pixelType];
  const rowsPerStrip = Math.min(
    height,
    options.rowsPerStrip ?? Math.max(1, Math.floor(DEFAULT_STRIP_BYTES / rowBytes)),
  );
  const strip = new Uint8Array(rowsPerStrip * rowBytes);
  const file = createOutputFile(path);
  const attempt = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      file.abandon();
      throw error;
    }
  };
  attempt(() => file.append(fileHeader(bigTiff)));
  /** Position at which the offset of the next directory is written. */
  let linkAt = bigTiff ? 8 : 4;
  let frames = 0;

  const appendFrame = (frame: Uint8Array) => {
    if (frame.length !== rowBytes * height)
      throw new RangeError(
        `A frame of ${width}x${height} ${pixelType} has ${rowBytes * height} bytes, not ${frame.length}`,
      );
    const offsets: number[] = [];
    const counts: number[] = [];
    for (let row = 0; row < height; row += rowsPerStrip) {
      const rows = Math.min(rowsPerStrip, height - row);
      for (let i = 0; i < rows; i++) {
        const from = (height - 1 - row - i) * rowBytes;
        strip.set(frame.subarray(from, from + rowBytes), i * rowBytes);
      }
      const bytes = compress(strip.subarray(0, rows * rowBytes), compression);
      offsets.push(file.sizeBytes);
      counts.push(bytes.length);
      file.append(bytes);
    }
    if (file.sizeBytes % 8 !== 0) file.append(new Uint8Array(8 - (file.sizeBytes % 8)));
    const at = file.sizeBytes;
    const description = frames === 0 ? options.description : undefined;
    const directory = encodeDirectory(
      entriesOf(options, rowsPerStrip, offsets, counts, description),
      at,
      bigTiff,
    );
    if (!bigTiff && at + directory.bytes.length >= CLASSIC_MAX_BYTES)
      throw new RangeError('A classic TIFF cannot grow beyond 4 GiB: write it with bigTiff');
    file.append(directory.bytes);
    file.patch(linkAt, offsetBytes(at, bigTiff));
    linkAt = at + directory.linkAt;
    frames++;
  };
  return {
    appendFrame: (frame) => attempt(() => appendFrame(frame)),
    finish: () => attempt(() => file.finish()),
  };
}

function entriesOf(
  options: TiffWriterOptions,
  rowsPerStrip: number,
  offsets: readonly number[],
  counts: readonly number[],
  description: string | undefined,
): WrittenEntry[] {
  const { width, height, pixelType, compression } = options;
  const format = pixelType === 'f32' ? 'float' : pixelType.startsWith('u') ? 'unsigned' : 'signed';
  const offsetType = options.bigTiff ? FIELD.long8 : FIELD.long;
  return [
    { tag: TAG.imageWidth, type: FIELD.long, values: [width] },
    { tag: TAG.imageLength, type: FIELD.long, values: [height] },
    { tag: TAG.bitsPerSample, type: FIELD.short, values: [8 * PIXEL_BYTES[pixelType]] },
    { tag: TAG.compression, type: FIELD.short, values: [COMPRESSION[compression]] },
    { tag: TAG.photometric, type: FIELD.short, values: [1] },
    ...(description === undefined
      ? []
      : [
          {
            tag: TAG.imageDescription,
            type: FIELD.ascii,
            values: [...Buffer.from(`${description}\0`, 'latin1')],
          },
        ]),
    { tag: TAG.stripOffsets, type: offsetType, values: offsets },
    { tag: TAG.samplesPerPixel, type: FIELD.short, values: [1] },
    { tag: TAG.rowsPerStrip, type: FIELD.long, values: [rowsPerStrip] },
    { tag: TAG.stripByteCounts, type: FIELD.long, values: counts },
    { tag: TAG.planarConfiguration, type: FIELD.short, values: [1] },
    { tag: TAG.sampleFormat, type: FIELD.short, values: [SAMPLE_FORMAT[format]] },
  ];
}

function compress(strip: Uint8Array, compression: TiffWriterOptions['compression']): Uint8Array {
  switch (compression) {
    case 'none':
      return strip;
    case 'lzw':
      return encodeLzw(strip);
    case 'deflate':
      return deflateSync(strip, { level: 1 });
  }
}

function fileHeader(bigTiff: boolean): Uint8Array {
  const bytes = new Uint8Array(bigTiff ? 16 : 8);
  bytes.set(bigTiff ? [0x49, 0x49, 43, 0, 8, 0, 0, 0] : [0x49, 0x49, 42, 0]);
  return bytes;
}

function offsetBytes(offset: number, bigTiff: boolean): Uint8Array {
  const bytes = new Uint8Array(bigTiff ? 8 : 4);
  const view = new DataView(bytes.buffer);
  if (bigTiff) view.setBigUint64(0, BigInt(offset), true);
  else view.setUint32(0, offset, true);
  return bytes;
}
