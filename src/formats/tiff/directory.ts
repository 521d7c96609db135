import { CodedError } from '../../contract/errors.ts';
import type { InputFile } from '../input-file.ts';
import { FIELD_BYTES, TAG } from './tags.ts';

/** Byte order and offset width of a TIFF file. */
export interface TiffKind {
  readonly littleEndian: boolean;
  readonly bigTiff: boolean;
}

export interface TiffEntry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** Offset of its values in the file, inside the entry or elsewhere. */
  readonly valuesAt: number;
}

export interface TiffDirectory {
  readonly at: number;
  /** Entries of the tags that are known here; if a tag occurs twice, its first entry. */
  readonly entries: ReadonlyMap<number, TiffEntry>;
  /** Offset of the next directory; 0 at the end of the chain. */
  readonly next: number;
}

const KNOWN_TAGS: ReadonlySet<number> = new Set(Object.values(TAG));
const MAX_ENTRIES = 4096;

/** Reads the first 8 or 16 bytes. @throws CodedError MOVIE_TRUNCATED or MOVIE_CORRUPT */
export function readTiffHeader(file: InputFile): TiffKind & { firstDirectoryOffset: number } {
  const magic = file.peek(0, 4, 'header');
  const littleEndian = magic[0] === 0x49;
  const bigTiff = magic[littleEndian ? 2 : 3] === 43;
  const view = viewOf(file.peek(0, bigTiff ? 16 : 8, 'header'));
  if (bigTiff && (view.getUint16(4, littleEndian) !== 8 || view.getUint16(6, littleEndian) !== 0))
    throw new CodedError('MOVIE_CORRUPT', '', {
      file: file.path,
      offset: 4,
      field: 'offset size',
      expected: '8',
      found: String(view.getUint16(4, littleEndian)),
    });
  const firstDirectoryOffset = bigTiff
    ? Number(view.getBigUint64(8, littleEndian))
    : view.getUint32(4, littleEndian);
  if (firstDirectoryOffset === 0)
    throw new CodedError('MOVIE_TRUNCATED', 'It has no TIFF image file directory yet.', {
      file: file.path,
      offset: bigTiff ? 8 : 4,
    });
  return { littleEndian, bigTiff, firstDirectoryOffset };
}

/**
 * Reads the directory at an offset.
 * @throws CodedError MOVIE_TRUNCATED if it extends beyond the end of the file, MOVIE_CORRUPT if it has too
 * many entries
 */
export function readDirectory(file: InputFile, kind: TiffKind, at: number): TiffDirectory {
  const { littleEndian, bigTiff } = kind;
  const [countBytes, entryBytes, offsetBytes] = bigTiff ? [8, 20, 8] : [2, 12, 4];
  const countView = viewOf(file.peek(at, countBytes, 'directory'));
  const count = bigTiff
    ? Number(countView.getBigUint64(0, littleEndian))
    : countView.getUint16(0, littleEndian);
  if (count === 0) throw notWrittenError(file, at);
  if (count > MAX_ENTRIES)
    throw new CodedError('MOVIE_CORRUPT', '', {
      file: file.path,
      offset: at,
      field: 'number of tags',
      expected: `at most ${MAX_ENTRIES}`,
      found: String(count),
    });
  const view = viewOf(file.peek(at + countBytes, count * entryBytes + offsetBytes, 'directory'));
  const entries = new Map<number, TiffEntry>();
  const offsetOf = (position: number) =>
    bigTiff ? Number(view.getBigUint64(position, littleEndian)) : view.getUint32(position, littleEndian);
  for (let index = 0; index < count; index++) {
    const position = index * entryBytes;
    const tag = view.getUint16(position, littleEndian);
    // No tag has number 0: the file was filled with zeros first and is still being written.
    if (tag === 0) throw notWrittenError(file, at);
    if (!KNOWN_TAGS.has(tag) || entries.has(tag)) continue;
    const type = view.getUint16(position + 2, littleEndian);
    const valueCount = offsetOf(position + 4);
    const valuePosition = position + 4 + offsetBytes;
    const isInline = valueCount * (FIELD_BYTES[type] ?? 0) <= offsetBytes;
    const valuesAt = isInline ? at + countBytes + valuePosition : offsetOf(valuePosition);
    entries.set(tag, { tag, type, count: valueCount, valuesAt });
  }
  return { at, entries, next: offsetOf(count * entryBytes) };
}

/**
 * The first `limit` values of an entry. Rationals are returned as quotients.
 * @throws CodedError MOVIE_TRUNCATED if they are beyond the end of the file, MOVIE_CORRUPT for a type that is
 * not numeric
 */
export function readValues(file: InputFile, kind: TiffKind, entry: TiffEntry, limit: number): Float64Array {
  const { littleEndian } = kind;
  const size = FIELD_BYTES[entry.type];
  if (size === undefined || entry.type === 2)
    throw new CodedError('MOVIE_CORRUPT', '', {
      file: file.path,
      offset: entry.valuesAt,
      field: `tag ${entry.tag}`,
      expected: 'a numeric type',
      found: `type ${entry.type}`,
    });
  const count = Math.min(entry.count, limit);
  const field = `tag ${entry.tag} (${entry.count} values)`;
  if (entry.valuesAt + count * size > file.sizeBytes) file.peek(entry.valuesAt, count * size, field);
  const values = new Float64Array(count);
  const valuesPerRead = 8192;
  for (let firstValue = 0; firstValue < count; firstValue += valuesPerRead) {
    const partCount = Math.min(valuesPerRead, count - firstValue);
    const view = viewOf(file.peek(entry.valuesAt + firstValue * size, partCount * size, field));
    for (let i = 0; i < partCount; i++)
      values[firstValue + i] = readNumber(view, i * size, entry.type, littleEndian);
  }
  return values;
}

function readNumber(view: DataView, at: number, type: number, littleEndian: boolean): number {
  switch (type) {
    case 6:
      return view.getInt8(at);
    case 3:
      return view.getUint16(at, littleEndian);
    case 8:
      return view.getInt16(at, littleEndian);
    case 4:
    case 13:
      return view.getUint32(at, littleEndian);
    case 9:
      return view.getInt32(at, littleEndian);
    case 5:
      return view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian);
    case 10:
      return view.getInt32(at, littleEndian) / view.getInt32(at + 4, littleEndian);
    case 11:
      return view.getFloat32(at, littleEndian);
    case 12:
      return view.getFloat64(at, littleEndian);
    case 16:
    case 18:
      return Number(view.getBigUint64(at, littleEndian));
    case 17:
      return Number(view.getBigInt64(at, littleEndian));
    default:
      return view.getUint8(at);
  }
}

const notWrittenError = (file: InputFile, offset: number) =>
  new CodedError('MOVIE_TRUNCATED', 'A TIFF image file directory has not been written yet.', {
    file: file.path,
    offset,
  });

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
