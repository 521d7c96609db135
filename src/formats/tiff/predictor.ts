import type { PixelType } from '../movie.ts';

/**
 * Undoes horizontal differencing (predictor 2), in place. Floats are differenced as integers of the same
 * size.
 * @param bytes - rows of `width` native pixels, aligned to the pixel
 */
export function undoHorizontal(bytes: Uint8Array, width: number, pixelType: PixelType): void {
  const values = asIntegers(bytes, pixelType);
  for (let row = 0; row + width <= values.length; row += width) {
    let sum = 0;
    for (let i = row; i < row + width; i++) {
      sum = (sum + values[i]!) | 0;
      values[i] = sum;
    }
  }
}

/**
 * Undoes the floating-point predictor (3), in place: each row is four planes of bytes, the most significant
 * first whatever the byte order of the file, differenced byte by byte (Adobe Photoshop TIFF Technical Note
 * 3).
 */
export function undoFloat(bytes: Uint8Array, width: number): void {
  const rowBytes = width * 4;
  const planes = new Uint8Array(rowBytes);
  for (let row = 0; row + rowBytes <= bytes.length; row += rowBytes) {
    let sum = 0;
    for (let i = 0; i < rowBytes; i++) {
      sum = (sum + bytes[row + i]!) & 255;
      planes[i] = sum;
    }
    for (let x = 0; x < width; x++) {
      bytes[row + 4 * x + 3] = planes[x]!;
      bytes[row + 4 * x + 2] = planes[x + width]!;
      bytes[row + 4 * x + 1] = planes[x + 2 * width]!;
      bytes[row + 4 * x] = planes[x + 3 * width]!;
    }
  }
}

function asIntegers(bytes: Uint8Array, pixelType: PixelType): Uint8Array | Uint16Array | Uint32Array {
  const { buffer, byteOffset, length } = bytes;
  switch (pixelType) {
    case 'u8':
    case 'i8':
      return bytes;
    case 'u16':
    case 'i16':
      return new Uint16Array(buffer, byteOffset, length >> 1);
    case 'u32':
    case 'i32':
    case 'f32':
      return new Uint32Array(buffer, byteOffset, length >> 2);
  }
}
