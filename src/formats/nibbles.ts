/** Two 4-bit pixels in each byte: enough for K2 and K3 cameras, which count few electrons per frame. */

/**
 * Which half of a byte is the first pixel: the low one in MRC mode 101 and IMOD's packed bytes, the high one
 * in TIFF's 4-bit samples.
 */
export type NibbleOrder = 'lowFirst' | 'highFirst';

/** @param rowBytes - bytes of a stored row; each row begins on a byte @param out - rows of `width` bytes */
export function unpackNibbles(
  stored: Uint8Array,
  rowBytes: number,
  width: number,
  out: Uint8Array,
  order: NibbleOrder = 'lowFirst',
): void {
  const pairs = width >> 1;
  const [first, second] = order === 'lowFirst' ? [0, 4] : [4, 0];
  for (let start = 0, to = 0; start < stored.length; start += rowBytes, to += width) {
    for (let i = 0; i < pairs; i++) {
      const byte = stored[start + i]!;
      out[to + 2 * i] = (byte >> first) & 15;
      out[to + 2 * i + 1] = (byte >> second) & 15;
    }
    if (width & 1) out[to + width - 1] = (stored[start + pairs]! >> first) & 15;
  }
}

/** Sizes of super-resolution frames of the K2 and the K3, upright and rotated. */
const PACKED_FRAMES = ['7676x7420', '7420x7676', '11520x8184', '8184x11520'];

/**
 * Whether an image of 8-bit pixels has the size of a 4-bit frame whose width was counted in bytes. No camera
 * writes 8-bit frames of that size, and IMOD, SerialEM and RELION also read such frames as 4-bit.
 */
export const looksPacked = (width: number, height: number): boolean =>
  PACKED_FRAMES.includes(`${2 * width}x${height}`);

export const PACKED_WARNING =
  'The size is that of a frame with two 4-bit pixels in each byte, although the header does not specify this: the pixels are read as 4-bit numbers.';
