/**
 * The MRC2014 header as a table (https://www.ccpem.ac.uk/mrc_format/mrc2014.php), with the fields that IMOD
 * adds to it. Reader, writer and checks follow these rows.
 */
export const MRC_HEADER_BYTES = 1024;

type MrcFieldType = 'i32' | 'f32' | 'chars';

export interface MrcField {
  readonly offset: number;
  readonly type: MrcFieldType;
  /** Length in bytes; more than 4 for characters only. */
  readonly bytes: number;
  readonly unit: string;
  readonly note: string;
}

const i32 = (offset: number, note: string, unit = '') => ({
  offset,
  type: 'i32' as const,
  bytes: 4,
  unit,
  note,
});
const f32 = (offset: number, note: string, unit = '') => ({
  offset,
  type: 'f32' as const,
  bytes: 4,
  unit,
  note,
});
const chars = (offset: number, bytes: number, note: string) => ({
  offset,
  type: 'chars' as const,
  bytes,
  unit: '',
  note,
});

export const MRC_FIELDS = {
  nx: i32(0, 'columns (fast axis)', 'pixels'),
  ny: i32(4, 'rows', 'pixels'),
  nz: i32(8, 'sections: frames of a movie'),
  mode: i32(12, 'type of a pixel, see MRC_MODES'),
  nxstart: i32(16, 'first column of a sub-volume'),
  nystart: i32(20, 'first row of a sub-volume'),
  nzstart: i32(24, 'first section of a sub-volume'),
  mx: i32(28, 'sampling along x of the cell; pixel size = xlen / mx'),
  my: i32(32, 'sampling along y of the cell'),
  mz: i32(36, 'sampling along z of the cell; 1 for a stack of images'),
  xlen: f32(40, 'cell along x', 'Angstrom'),
  ylen: f32(44, 'cell along y', 'Angstrom'),
  zlen: f32(48, 'cell along z', 'Angstrom'),
  alpha: f32(52, 'cell angle', 'degrees'),
  beta: f32(56, 'cell angle', 'degrees'),
  gamma: f32(60, 'cell angle', 'degrees'),
  mapc: i32(64, 'axis of columns; 1 = x'),
  mapr: i32(68, 'axis of rows; 2 = y'),
  maps: i32(72, 'axis of sections; 3 = z'),
  dmin: f32(76, 'minimum density; dmax < dmin: undetermined'),
  dmax: f32(80, 'maximum density'),
  dmean: f32(84, 'mean density; below both dmin and dmax: undetermined'),
  ispg: i32(88, 'space group; 0 for images and stacks of images'),
  nsymbt: i32(92, 'length of the extended header', 'bytes'),
  exttyp: chars(104, 4, 'type of the extended header, e.g. FEI1, FEI2, SERI'),
  nversion: i32(108, 'version of the format: 20140 or 20141'),
  imodStamp: i32(152, '1146047817 if IMOD flags follow'),
  imodFlags: i32(156, 'bit 0: mode 0 is signed; bit 4: each byte contains two 4-bit pixels'),
  xorg: f32(196, 'origin', 'Angstrom'),
  yorg: f32(200, 'origin', 'Angstrom'),
  zorg: f32(204, 'origin', 'Angstrom'),
  map: chars(208, 4, "'MAP '"),
  machst: i32(212, 'machine stamp: bytes 44 44 or 44 41 little-endian, 11 11 big-endian'),
  rms: f32(216, 'standard deviation; negative: undetermined'),
  nlabl: i32(220, 'labels in use'),
  label: chars(224, 80, 'first of ten labels of 80 characters'),
} as const satisfies Record<string, MrcField>;

export type MrcFieldName = keyof typeof MRC_FIELDS;
type ValueOf<Name extends MrcFieldName> = (typeof MRC_FIELDS)[Name]['type'] extends 'chars' ? string : number;

/** Values of a header, independent of its byte order. */
export type MrcHeader = { -readonly [Name in MrcFieldName]: ValueOf<Name> };

export const IMOD_STAMP = 1146047817;
export const IMOD_FLAG_SIGNED_BYTES = 1;
export const IMOD_FLAG_PACKED_4BIT = 16;
