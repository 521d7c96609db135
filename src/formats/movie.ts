import type { EerRendering } from './eer/grouping.ts';

/**
 * The port between file formats and everything that reads movies. Implementations: `mrc/`, `tiff/`, `eer/`.
 */

/**
 * Type of the pixels that `readFrame` returns: little-endian, without padding, in rows of `width` pixels.
 * The first row is the bottom of the image, even for a TIFF file, which begins at the top; MRC and EER files
 * begin at the bottom (as in RELION and IMOD).
 */
export type PixelType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'f32';
export const PIXEL_BYTES: Record<PixelType, 1 | 2 | 4> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
};

/** Information in the headers and tables of a movie file, without its pixels. */
export interface MovieStructure {
  readonly format: 'mrc' | 'tiff' | 'eer';
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  readonly pixelType: PixelType;
  /** From the header; null if it has no plausible value. */
  readonly pixelSizeA: number | null;
  readonly warnings: readonly string[];
  /** Other programs may interpret its pixels differently: signed as unsigned, or the reverse. */
  readonly canBeMisread?: true;
  /** Its pixels are stored as 64-bit floats, which other programs may be unable to read. */
  readonly isStoredAsFloat64?: true;
  /** How an EER file is rendered: frames here are fractions, pixels are those of the rendering. */
  readonly eer?: EerRendering;
}

/** A movie that is open for reading, frame by frame. Synchronous: it runs in worker threads and processes. */
export interface MovieReader extends MovieStructure {
  readonly path: string;
  /**
   * Decodes one frame.
   * @param index - 0-based
   * @param out - at least width*height*PIXEL_BYTES bytes; may be a view of any buffer, even of shared memory
   * @throws CodedError MOVIE_TRUNCATED or MOVIE_CORRUPT with the offset in the file
   */
  readFrame(index: number, out: Uint8Array): void;
  close(): void;
}

/**
 * One image as numbers, e.g. a gain reference or a micrograph. Row-major, height*width, the first row at the
 * bottom of the image.
 */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
  readonly pixelSizeA: number | null;
}
