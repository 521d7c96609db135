import { CodedError, type ErrorCode } from '../../contract/errors.ts';
import type { InputFile } from '../input-file.ts';
import { MAX_AXIS_PIXELS } from '../limits.ts';
import { readValues, type TiffDirectory, type TiffKind } from '../tiff/directory.ts';
import { checkStoredPart } from '../tiff/stored-part.ts';
import { TAG } from '../tiff/tags.ts';
import type { EerCoding } from './decoder.ts';

/** Contents of the directory of one camera frame. */
export interface EerFrame {
  readonly width: number;
  readonly height: number;
  readonly coding: EerCoding;
  /** Offsets and lengths of the strips that contain the frame's stream, bytes. */
  readonly offsets: Float64Array;
  readonly lengths: Float64Array;
}

/**
 * TIFF compression numbers. 65000: 8 bits per run and 4 per position, used by prototypes; 65001: 7 and 4
 * bits; 65002: the tags 65007 to 65009 contain the numbers of bits.
 */
export const EER_COMPRESSIONS = [65000, 65001, 65002];
const MAX_STRIPS = 65536;
/** Maximum length of a frame's stream, which has several bits per electron; real frames are much shorter. */
const MAX_STREAM_BYTES = 2 ** 28;

/** Compression of a directory; undefined if the tag is missing. */
export function compressionOf(file: InputFile, kind: TiffKind, directory: TiffDirectory): number | undefined {
  const entry = directory.entries.get(TAG.compression);
  return entry && entry.count > 0 ? readValues(file, kind, entry, 1)[0] : undefined;
}

/**
 * Reads the tags of one camera frame and checks its strips against the file's size.
 * @throws CodedError MOVIE_TRUNCATED, MOVIE_CORRUPT, MOVIE_UNSUPPORTED
 */
export function readEerFrame(
  file: InputFile,
  kind: TiffKind,
  directory: TiffDirectory,
  frame: number,
): EerFrame {
  const errorOf = (code: ErrorCode, field: string, expected: string, found: string) =>
    new CodedError(code, '', {
      file: file.path,
      offset: directory.at,
      field: `camera frame ${frame} ${field}`,
      expected,
      found,
    });
  const readNumber = (
    name: keyof typeof TAG,
    minimum: number,
    maximum: number,
    fallback?: number,
  ): number => {
    const entry = directory.entries.get(TAG[name]);
    const value = entry && entry.count > 0 ? readValues(file, kind, entry, 1)[0] : fallback;
    if (value === undefined || !Number.isInteger(value) || value < minimum || value > maximum)
      throw errorOf('MOVIE_CORRUPT', name, `${minimum} to ${maximum}`, String(value ?? 'none'));
    return value;
  };
  const readTable = (name: 'stripOffsets' | 'stripByteCounts') => {
    const entry = directory.entries.get(TAG[name]);
    if (!entry || entry.count < 1 || entry.count > MAX_STRIPS)
      throw errorOf('MOVIE_CORRUPT', name, `1 to ${MAX_STRIPS} values`, String(entry?.count ?? 'none'));
    return readValues(file, kind, entry, entry.count);
  };
  const width = readNumber('imageWidth', 1, MAX_AXIS_PIXELS);
  const height = readNumber('imageLength', 1, MAX_AXIS_PIXELS);
  const coding = codingOf(compressionOf(file, kind, directory), readNumber);
  const offsets = readTable('stripOffsets');
  const lengths = readTable('stripByteCounts');
  if (offsets.length !== lengths.length)
    throw errorOf('MOVIE_CORRUPT', 'stripByteCounts', `${offsets.length} values`, `${lengths.length}`);
  checkStrips(file, directory, offsets, lengths, frame);
  return { width, height, coding, offsets, lengths };
}

type ReadNumber = (name: keyof typeof TAG, minimum: number, maximum: number, fallback?: number) => number;

function codingOf(compression: number | undefined, readNumber: ReadNumber): EerCoding {
  switch (compression) {
    case 65000:
      return { runBits: 8, xBits: 2, yBits: 2, positionAfterMaxRun: true };
    case 65001:
      return { runBits: 7, xBits: 2, yBits: 2, positionAfterMaxRun: false };
    default: {
      // Files of prototypes lack the tag for y: pixels are then divided equally along both axes.
      const xBits = readNumber('eerXBits', 0, 4);
      return {
        runBits: readNumber('eerRunBits', 1, 16),
        xBits,
        yBits: readNumber('eerYBits', 0, 4, xBits),
        positionAfterMaxRun: false,
      };
    }
  }
}

function checkStrips(
  file: InputFile,
  directory: TiffDirectory,
  offsets: Float64Array,
  lengths: Float64Array,
  frame: number,
): void {
  let total = 0;
  offsets.forEach((offset, strip) => {
    const length = lengths[strip]!;
    const field = `camera frame ${frame} strip ${strip}`;
    checkStoredPart(file, { offset, length, field }, directory.at);
    total += length;
  });
  if (total > Math.min(file.sizeBytes, MAX_STREAM_BYTES))
    throw new CodedError('MOVIE_CORRUPT', 'Parts of a frame overlap, or the frame is too long.', {
      file: file.path,
      offset: directory.at,
      field: `camera frame ${frame}`,
      expected: `at most ${Math.min(file.sizeBytes, MAX_STREAM_BYTES)} bytes`,
      found: `${total} bytes`,
    });
}
