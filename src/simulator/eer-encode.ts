/**
 * Encodes one camera frame with 7-bit run lengths and 4-bit sub-pixel positions (compression 65001),
 * independently of the reader: bit by bit, the least significant bit first. A run of 127 is 127 empty pixels
 * that are not followed by an electron; the highest bit of each coordinate is inverted (0x0A).
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
  let bitPosition = 0;
  let nextPixel = 0;
  const writeBits = (value: number, bits: number) => {
    if ((bitPosition + bits) >> 3 >= bytes.length) {
      const larger = new Uint8Array(2 * bytes.length);
      larger.set(bytes);
      bytes = larger;
    }
    for (let i = 0; i < bits; i++, bitPosition++)
      if ((value >> i) & 1)
        bytes[bitPosition >> 3] = (bytes[bitPosition >> 3] ?? 0) | (1 << (bitPosition & 7));
  };
  /** Writes the runs of maximum length. Returns the number of empty pixels that remain. */
  const writeFullRuns = (count: number) => {
    let rest = count;
    for (; rest >= MAX_RUN; rest -= MAX_RUN) writeBits(MAX_RUN, RUN_BITS);
    return rest;
  };
  return {
    addElectron(pixel, subPixel) {
      writeBits(writeFullRuns(pixel - nextPixel), RUN_BITS);
      writeBits(subPixel ^ POSITION_FLIP, POSITION_BITS);
      nextPixel = pixel + 1;
    },
    finish() {
      if (nextPixel < pixels) {
        const rest = writeFullRuns(pixels - nextPixel);
        if (rest > 0) writeBits(rest, RUN_BITS);
      }
      const stream = bytes.slice(0, Math.max(1, Math.ceil(bitPosition / 8)));
      bytes.fill(0);
      bitPosition = 0;
      nextPixel = 0;
      return stream;
    },
  };
}
