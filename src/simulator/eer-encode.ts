/**
 * Encodes one camera frame with 7-bit run lengths and 4-bit sub-pixel positions (compression 65001),
 * independently of the reader: bit by bit, the least significant first. A run of 127 is 127 empty pixels that
 * are not followed by an electron; the highest bit of each coordinate is inverted (0x0A).
 */
const RUN_BITS = 7;
const MAX_RUN = 127;
const POSITION_BITS = 4;
const POSITION_FLIP = 0x0a;

export interface EerEncoder {
  /**
   * @param pixel - y * width + x, greater than in the previous call
   * @param subPixel - 0..15: x in quarters of a pixel + 4 times y in quarters of a pixel
   */
  addElectron(pixel: number, subPixel: number): void;
  /** Returns the stream up to the last pixel, in whole bytes, and resets the encoder. */
  finish(): Uint8Array;
}

/** @param pixels - number of pixels of a frame */
export function createEerEncoder(pixels: number): EerEncoder {
  let bytes = new Uint8Array(4096);
  let bit = 0;
  let next = 0;
  const put = (value: number, bits: number) => {
    if ((bit + bits) >> 3 >= bytes.length) {
      const larger = new Uint8Array(2 * bytes.length);
      larger.set(bytes);
      bytes = larger;
    }
    for (let i = 0; i < bits; i++, bit++)
      if ((value >> i) & 1) bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
  };
  const skip = (count: number) => {
    let rest = count;
    for (; rest >= MAX_RUN; rest -= MAX_RUN) put(MAX_RUN, RUN_BITS);
    return rest;
  };
  return {
    addElectron(pixel, subPixel) {
      put(skip(pixel - next), RUN_BITS);
      put(subPixel ^ POSITION_FLIP, POSITION_BITS);
      next = pixel + 1;
    },
    finish() {
      if (next < pixels) {
        const rest = skip(pixels - next);
        if (rest > 0) put(rest, RUN_BITS);
      }
      const stream = bytes.slice(0, Math.max(1, Math.ceil(bit / 8)));
      bytes.fill(0);
      bit = 0;
      next = 0;
      return stream;
    },
  };
}
