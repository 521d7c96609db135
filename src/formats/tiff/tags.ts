/**
 * The TIFF tags that are read or written here (TIFF 6.0; BigTIFF; TIFF Technical Note 3 for the predictors).
 */
export const TAG = {
  newSubfileType: 254,
  imageWidth: 256,
  imageLength: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  imageDescription: 270,
  stripOffsets: 273,
  samplesPerPixel: 277,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  xResolution: 282,
  yResolution: 283,
  planarConfiguration: 284,
  resolutionUnit: 296,
  software: 305,
  predictor: 317,
  tileWidth: 322,
  tileLength: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
  sampleFormat: 339,
  // EER: bits of a run, bits of the position within a pixel along x and along y.
  eerRunBits: 65007,
  eerXBits: 65008,
  eerYBits: 65009,
} as const;

/** Field types of a directory entry: number -> bytes per value. Values of another type cannot be read. */
export const FIELD_BYTES: Readonly<Record<number, number>> = {
  1: 1, // BYTE
  2: 1, // ASCII
  3: 2, // SHORT
  4: 4, // LONG
  5: 8, // RATIONAL
  6: 1, // SBYTE
  7: 1, // UNDEFINED
  8: 2, // SSHORT
  9: 4, // SLONG
  10: 8, // SRATIONAL
  11: 4, // FLOAT
  12: 8, // DOUBLE
  13: 4, // IFD
  16: 8, // LONG8
  17: 8, // SLONG8
  18: 8, // IFD8
};
export const FIELD = { ascii: 2, short: 3, long: 4, rational: 5, long8: 16 } as const;

export const COMPRESSION = { none: 1, lzw: 5, deflate: 8, deflateOld: 32946 } as const;
export const SAMPLE_FORMAT = { unsigned: 1, signed: 2, float: 3, undefined: 4 } as const;
