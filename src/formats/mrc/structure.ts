import { CodedError } from '../../contract/errors.ts';
import type { InputFile } from '../input-file.ts';
import { MAX_AXIS_PIXELS, MAX_FRAMES, plausiblePixelSizeA } from '../limits.ts';
import type { MovieStructure, PixelType } from '../movie.ts';
import { looksPacked, PACKED_WARNING } from '../nibbles.ts';
import { decodeMrcHeader } from './header.ts';
import {
  IMOD_FLAG_PACKED_4BIT,
  IMOD_FLAG_SIGNED_BYTES,
  IMOD_STAMP,
  MRC_FIELDS,
  MRC_HEADER_BYTES,
  type MrcFieldName,
  type MrcHeader,
} from './header-table.ts';

/** How a pixel is stored: `f16` and `u4` are widened when read. */
type MrcStorage = PixelType | 'f16' | 'u4';

/**
 * Mode number -> how its pixels are stored. Modes 3 and 4 (complex) are not images; mode 0 depends on IMOD's
 * flags.
 */
const MRC_MODES: Readonly<Record<number, MrcStorage>> = {
  0: 'i8',
  1: 'i16',
  2: 'f32',
  6: 'u16',
  12: 'f16',
  101: 'u4',
};
/** Type of the pixels that a reader returns. */
const PIXEL_TYPES: Record<MrcStorage, PixelType> = {
  i8: 'i8',
  u8: 'u8',
  i16: 'i16',
  u16: 'u16',
  i32: 'i32',
  u32: 'u32',
  f32: 'f32',
  f16: 'f32',
  u4: 'u8',
};
const STORED_BITS: Record<MrcStorage, number> = {
  i8: 8,
  u8: 8,
  i16: 16,
  u16: 16,
  i32: 32,
  u32: 32,
  f32: 32,
  f16: 16,
  u4: 4,
};

export interface MrcLayout extends MovieStructure {
  readonly format: 'mrc';
  readonly storage: MrcStorage;
  /** Mode 0 without IMOD's flags: `storage` is signed until `mrc/signedness.ts` has examined the pixels. */
  readonly isSignednessUnknown: boolean;
  readonly littleEndian: boolean;
  readonly dataOffset: number;
  /** Bytes of a stored row; 4-bit rows are padded to a whole byte. */
  readonly rowBytes: number;
  readonly header: MrcHeader;
}

/**
 * Reads the header and checks it against the size of the file.
 * @throws CodedError MOVIE_TRUNCATED, MOVIE_CORRUPT or MOVIE_UNSUPPORTED, with field, expected and found
 */
export function readMrcStructure(file: InputFile): MrcLayout {
  const bytes = file.peek(0, MRC_HEADER_BYTES, 'header');
  if (bytes.every((byte) => byte === 0))
    throw new CodedError('MOVIE_TRUNCATED', 'Its header has not been written yet.', {
      file: file.path,
      offset: 0,
    });
  const warnings: string[] = [];
  const { header, littleEndian } = decodeInEitherByteOrder(bytes, warnings);
  checkSizes(file, header);
  const { storage, width, isSignednessUnknown = false } = storageOf(file, header, warnings);
  const rowBytes = Math.ceil((width * STORED_BITS[storage]) / 8);
  const dataOffset = MRC_HEADER_BYTES + header.nsymbt;
  const expectedBytes = dataOffset + rowBytes * header.ny * header.nz;
  if (file.sizeBytes < expectedBytes)
    throw new CodedError('MOVIE_TRUNCATED', '', {
      file: file.path,
      field: `nz = ${header.nz} frames of ${width}x${header.ny}`,
      expected: `${expectedBytes} bytes`,
      found: `${file.sizeBytes} bytes`,
    });
  if (file.sizeBytes > expectedBytes)
    warnings.push(
      `${file.sizeBytes - expectedBytes} bytes follow the last frame; the header gives ${header.nz} frames`,
    );
  return {
    format: 'mrc',
    width,
    height: header.ny,
    frames: header.nz,
    pixelType: PIXEL_TYPES[storage],
    storage,
    isSignednessUnknown,
    littleEndian,
    dataOffset,
    rowBytes,
    header,
    pixelSizeA: pixelSizeA(header, width, warnings),
    warnings,
  };
}

/** Whether bytes can be the start of an MRC file; they may be fewer than a complete header. */
export function looksLikeMrc(bytes: Uint8Array): boolean {
  if (bytes.length >= 212 && Buffer.from(bytes.subarray(208, 212)).toString('latin1').startsWith('MAP'))
    return true;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return isPlausibleStart(view, true) || isPlausibleStart(view, false);
}

/** Ranges of nx, ny and nz, the first fields of a header; nz is 0 while the file is being written. */
const SIZE_RANGES = [
  [1, MAX_AXIS_PIXELS],
  [1, MAX_AXIS_PIXELS],
  [0, MAX_FRAMES],
] as const;

/** Whether the sizes and the mode, if present, can be those of a header in this byte order. */
function isPlausibleStart(view: DataView, littleEndian: boolean): boolean {
  for (const [index, [min, max]] of SIZE_RANGES.entries()) {
    if (4 * index + 4 > view.byteLength) return true;
    const size = view.getInt32(4 * index, littleEndian);
    if (size < min || size > max) return false;
  }
  return view.byteLength < 16 || view.getInt32(12, littleEndian) in MRC_MODES;
}

function decodeInEitherByteOrder(
  bytes: Uint8Array,
  warnings: string[],
): { header: MrcHeader; littleEndian: boolean } {
  const stamp = bytes[MRC_FIELDS.machst.offset];
  const asLittleEndian = decodeMrcHeader(bytes, true);
  const asBigEndian = decodeMrcHeader(bytes, false);
  const isPlausible = (header: MrcHeader) =>
    header.mode >= 0 && header.mode <= 0xffff && header.nx > 0 && header.nx <= 0xffff;
  const isLittleEndianByStamp = stamp === 0x11 ? false : stamp === 0x44 ? true : null;
  const littleEndian = isLittleEndianByStamp ?? (isPlausible(asLittleEndian) || !isPlausible(asBigEndian));
  if (
    isLittleEndianByStamp !== null &&
    !isPlausible(isLittleEndianByStamp ? asLittleEndian : asBigEndian) &&
    isPlausible(isLittleEndianByStamp ? asBigEndian : asLittleEndian)
  ) {
    warnings.push('the machine stamp contradicts the header, which is read in the other byte order');
    return {
      header: isLittleEndianByStamp ? asBigEndian : asLittleEndian,
      littleEndian: !isLittleEndianByStamp,
    };
  }
  return { header: littleEndian ? asLittleEndian : asBigEndian, littleEndian };
}

/** @throws CodedError MOVIE_TRUNCATED if nz is still 0, MOVIE_CORRUPT for impossible sizes */
function checkSizes(file: InputFile, header: MrcHeader): void {
  const corruptError = (field: MrcFieldName, expected: string) =>
    new CodedError('MOVIE_CORRUPT', '', {
      file: file.path,
      offset: MRC_FIELDS[field].offset,
      field,
      expected,
      found: String(header[field]),
    });
  for (const axis of ['nx', 'ny'] as const)
    if (header[axis] < 1 || header[axis] > MAX_AXIS_PIXELS)
      throw corruptError(axis, `1 to ${MAX_AXIS_PIXELS}`);
  if (header.nz === 0)
    throw new CodedError('MOVIE_TRUNCATED', 'Its header has no frames yet.', {
      file: file.path,
      offset: 8,
      field: 'nz',
    });
  if (header.nz < 0 || header.nz > MAX_FRAMES) throw corruptError('nz', `1 to ${MAX_FRAMES}`);
  if (header.nsymbt < 0) throw corruptError('nsymbt', '0 or more');
}

function storageOf(
  file: InputFile,
  header: MrcHeader,
  warnings: string[],
): { storage: MrcStorage; width: number; isSignednessUnknown?: true } {
  const storage = MRC_MODES[header.mode];
  if (storage === undefined)
    throw new CodedError([3, 4].includes(header.mode) ? 'MOVIE_UNSUPPORTED' : 'MOVIE_CORRUPT', '', {
      file: file.path,
      offset: MRC_FIELDS.mode.offset,
      field: 'mode',
      expected: Object.keys(MRC_MODES).join(', '),
      found: String(header.mode),
    });
  if (header.mode !== 0) return { storage, width: header.nx };
  const isMarkedPacked = header.imodStamp === IMOD_STAMP && (header.imodFlags & IMOD_FLAG_PACKED_4BIT) !== 0;
  if (!isMarkedPacked && looksPacked(header.nx, header.ny)) {
    warnings.push(PACKED_WARNING);
    return { storage: 'u4', width: header.nx * 2 };
  }
  if (header.imodStamp !== IMOD_STAMP) {
    warnings.push(READ_AS_SIGNED);
    return { storage: 'i8', width: header.nx, isSignednessUnknown: true };
  }
  if (isMarkedPacked) return { storage: 'u4', width: header.nx * 2 };
  return { storage: header.imodFlags & IMOD_FLAG_SIGNED_BYTES ? 'i8' : 'u8', width: header.nx };
}

/** Warning for a file whose pixel values do not show that they are unsigned. */
export const READ_AS_SIGNED =
  'the header does not state whether mode 0 is signed; it is read as signed, as MRC2014 requires';

/** Cell size divided by sampling; null unless x and y agree within 1 %, because camera pixels are square. */
function pixelSizeA(header: MrcHeader, width: number, warnings: string[]): number | null {
  if (header.mx < 1 || header.my < 1) return null;
  const x = plausiblePixelSizeA(header.xlen / header.mx);
  const y = plausiblePixelSizeA(header.ylen / header.my);
  if (x === null || y === null) return null;
  // If the header counts packed bytes as columns, mx is only half the number of pixels in a row.
  if (width !== header.nx && header.mx === header.nx && Math.abs(x / 2 - y) < 0.01 * y) return y;
  if (Math.abs(x - y) > 0.01 * x) {
    warnings.push(`the header has pixels of ${x} by ${y} Angstrom, which are not square: ignored`);
    return null;
  }
  return x;
}
