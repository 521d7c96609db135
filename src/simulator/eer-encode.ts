/**
 * The stream of one camera frame with a 7-bit run and a 4-bit place (compression 65001), written without regard to the reader:
 * bit by bit, from the least significant on. A run of 127 is 127 empty pixels and no electron; the highest bit of each place
 * is turned round (0x0A).
 */
const RUN_BITS = 7;
const MAX_RUN = 127;
const PLACE_BITS = 4;
const PLACE_FLIP = 0x0a;

export interface EerEncoder {
  /** @param position - y * width + x, beyond the last one; @param place - 0..15, x in quarters + 4 times y in quarters */
  electron(position: number, place: number): void;
  /** The stream up to the last pixel, in whole bytes. The encoder begins anew. */
  finish(): Uint8Array;
}

/** @param pixels - of a frame */
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
    electron(position, place) {
      put(skip(position - next), RUN_BITS);
      put(place ^ PLACE_FLIP, PLACE_BITS);
      next = position + 1;
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
