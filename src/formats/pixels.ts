import { type MovieStructure, PIXEL_BYTES, type PixelType } from './movie.ts';

/** Number of bytes of a frame that `readFrame` returns. */
export const frameBytes = (movie: Pick<MovieStructure, 'width' | 'height' | 'pixelType'>): number =>
  movie.width * movie.height * PIXEL_BYTES[movie.pixelType];

/**
 * The part of `out` that a frame fills.
 * @throws RangeError for a frame that does not exist or too small a buffer
 */
export function checkFrameRequest(movie: MovieStructure, index: number, out: Uint8Array): Uint8Array {
  if (!Number.isInteger(index) || index < 0 || index >= movie.frames)
    throw new RangeError(`There is no frame ${index}: the movie has ${movie.frames}, counted from 0`);
  const bytes = frameBytes(movie);
  if (out.length < bytes) throw new RangeError(`A frame needs ${bytes} bytes, the buffer has ${out.length}`);
  return out.length === bytes ? out : out.subarray(0, bytes);
}

/** Reverses the byte order of every pixel, in place. */
export function swapBytes(bytes: Uint8Array, pixelBytes: 1 | 2 | 4 | 8): void {
  const buffer = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length);
  if (pixelBytes === 2) buffer.swap16();
  else if (pixelBytes === 4) buffer.swap32();
  else if (pixelBytes === 8) buffer.swap64();
}

/** Reverses the order of the rows, in place. @param data - rows of `width` */
export function reverseRows(data: Float32Array, width: number): void {
  const rowCopy = new Float32Array(width);
  for (let low = 0, high = data.length - width; low < high; low += width, high -= width) {
    rowCopy.set(data.subarray(low, low + width));
    data.copyWithin(low, high, high + width);
    data.set(rowCopy, high);
  }
}

/** A view of bytes as numbers of the type; a copy only if the bytes are not aligned. */
export function asNumbers(bytes: Uint8Array, pixelType: PixelType): ArrayLike<number> {
  const size = PIXEL_BYTES[pixelType];
  const { buffer, byteOffset, length } = bytes.byteOffset % size === 0 ? bytes : bytes.slice();
  switch (pixelType) {
    case 'u8':
      return new Uint8Array(buffer, byteOffset, length);
    case 'i8':
      return new Int8Array(buffer, byteOffset, length);
    case 'u16':
      return new Uint16Array(buffer, byteOffset, length / 2);
    case 'i16':
      return new Int16Array(buffer, byteOffset, length / 2);
    case 'u32':
      return new Uint32Array(buffer, byteOffset, length / 4);
    case 'i32':
      return new Int32Array(buffer, byteOffset, length / 4);
    case 'f32':
      return new Float32Array(buffer, byteOffset, length / 4);
  }
}
