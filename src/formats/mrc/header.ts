import type { PixelType } from '../movie.ts';
import {
  IMOD_FLAG_SIGNED_BYTES,
  IMOD_STAMP,
  MRC_FIELDS,
  MRC_HEADER_BYTES,
  type MrcFieldName,
  type MrcHeader,
} from './header-table.ts';

const FIELD_NAMES = Object.keys(MRC_FIELDS) as MrcFieldName[];

/** Reads every field of the table. @param bytes - at least 1024 */
export function decodeMrcHeader(bytes: Uint8Array, littleEndian: boolean): MrcHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, MRC_HEADER_BYTES);
  const values: Record<string, number | string> = {};
  for (const name of FIELD_NAMES) {
    const field = MRC_FIELDS[name];
    if (field.type === 'i32') values[name] = view.getInt32(field.offset, littleEndian);
    else if (field.type === 'f32') values[name] = view.getFloat32(field.offset, littleEndian);
    else values[name] = decodeText(bytes.subarray(field.offset, field.offset + field.bytes));
  }
  return values as unknown as MrcHeader;
}

/** Writes every field of the table, little-endian. */
function encodeMrcFields(header: MrcHeader): Uint8Array {
  const bytes = new Uint8Array(MRC_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  for (const name of FIELD_NAMES) {
    const field = MRC_FIELDS[name];
    const value = header[name];
    if (field.type === 'i32') view.setInt32(field.offset, Number(value), true);
    else if (field.type === 'f32') view.setFloat32(field.offset, Number(value), true);
    else bytes.set(Buffer.from(String(value).slice(0, field.bytes), 'latin1'), field.offset);
  }
  return bytes;
}

export interface MrcStatistics {
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  /** Standard deviation about the mean. */
  readonly rms: number;
}

/** Values that mean "not determined" in MRC2014. */
export const UNDETERMINED: MrcStatistics = { minimum: 0, maximum: -1, mean: -2, rms: -1 };

/** Modes in which stacks are written; `write-float16.ts` writes mode 12. */
export type MrcWriteMode = 0 | 1 | 2 | 6;
export const MRC_WRITE_TYPES = { 0: 'i8', 1: 'i16', 2: 'f32', 6: 'u16' } as const satisfies Record<
  MrcWriteMode,
  PixelType
>;

export interface MrcHeaderOptions {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly mode: MrcWriteMode | 12;
  /** Angstrom; null leaves the cell zero, which readers interpret as "unknown". */
  readonly pixelSizeA: number | null;
  readonly statistics: MrcStatistics;
  readonly label?: string;
}

/**
 * A little-endian MRC2014 header of an image or a stack of images, 1024 bytes. Bytes of mode 0 are marked as
 * signed.
 */
export function encodeMrcHeader(options: MrcHeaderOptions): Uint8Array {
  const { width, height, frames, mode, statistics } = options;
  const pixelSizeA = options.pixelSizeA ?? 0;
  return encodeMrcFields({
    nx: width,
    ny: height,
    nz: frames,
    mode,
    nxstart: 0,
    nystart: 0,
    nzstart: 0,
    mx: width,
    my: height,
    mz: 1,
    xlen: width * pixelSizeA,
    ylen: height * pixelSizeA,
    zlen: pixelSizeA,
    alpha: 90,
    beta: 90,
    gamma: 90,
    mapc: 1,
    mapr: 2,
    maps: 3,
    dmin: statistics.minimum,
    dmax: statistics.maximum,
    dmean: statistics.mean,
    rms: statistics.rms,
    ispg: 0,
    nsymbt: 0,
    exttyp: '',
    nversion: 20140,
    imodStamp: mode === 0 ? IMOD_STAMP : 0,
    imodFlags: mode === 0 ? IMOD_FLAG_SIGNED_BYTES : 0,
    xorg: 0,
    yorg: 0,
    zorg: 0,
    map: 'MAP ',
    machst: 0x4144,
    nlabl: options.label ? 1 : 0,
    label: options.label ? options.label.padEnd(MRC_FIELDS.label.bytes, ' ') : '',
  });
}

function decodeText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(end < 0 ? bytes : bytes.subarray(0, end)).toString('latin1');
}
