// Decoder of one EER frame: runs of empty pixels and electrons, as a stream of bits, the least significant
// bit first (Guo et al., IUCrJ 2020;7:860; names as in Thermo Fisher's EER specification).
//
// A code is a run length of `runBits` bits. If it is below the maximum, an electron follows the run, with a
// sub-pixel position of xBits + yBits bits: x in the lower bits, the highest bit of each inverted. A run of
// maximum length has no electron and continues in the next code. Safe for any input: the decoder reads only
// [src, srcEnd) and writes only within the image.

const OK: u32 = 0;
const ENDS_EARLY: u32 = 1;
const TOO_LONG: u32 = 2;

// @ts-ignore: decorator
@inline function count<T>(pixel: usize): void {
  store<T>(pixel, load<T>(pixel) + 1);
}

// @ts-ignore: decorator
@inline function decode<T>(
  src: usize, srcEnd: usize, image: usize, width: u32, height: u32, isDoubled: u32,
  runBits: u32, xBits: u32, yBits: u32, positionAfterMaxRun: u32, report: usize,
): u32 {
  const start = src;
  const maxRun: u32 = (1 << runBits) - 1;
  const positionBits = xBits + yBits;
  const positionMask: u32 = (1 << positionBits) - 1;
  const pitch = <usize>(width << isDoubled) * sizeof<T>();
  const xTop = xBits - 1;
  const yTop = positionBits - 1;
  let bits: u64 = 0;
  let bitCount: u32 = 0;
  let x: u32 = 0;
  let y: u32 = 0;
  let row = image;
  let electrons: u32 = 0;
  let status: u32 = OK;

  while (true) {
    // A code has at most 16 + 8 bits.
    if (bitCount < 32) {
      if (src + 4 <= srcEnd) {
        bits |= <u64>load<u32>(src) << bitCount;
        src += 4;
        bitCount += 32;
      } else {
        while (src < srcEnd && bitCount <= 48) {
          bits |= <u64>load<u8>(src) << bitCount;
          src++;
          bitCount += 8;
        }
      }
    }
    if (bitCount < runBits) { status = ENDS_EARLY; break; }
    const run = <u32>bits & maxRun;
    bits >>= runBits;
    bitCount -= runBits;
    x += run;
    while (x >= width) {
      x -= width;
      y++;
      row += pitch << isDoubled;
      if (y >= height) break;
    }
    if (y >= height) {
      if (y > height || x > 0) status = TOO_LONG;
      break;
    }
    if (run == maxRun && positionAfterMaxRun == 0) continue;
    if (bitCount < positionBits) { status = ENDS_EARLY; break; }
    const position = <u32>bits & positionMask;
    bits >>= positionBits;
    bitCount -= positionBits;
    if (run == maxRun) continue;
    if (isDoubled) {
      const rightHalf = ((position >> xTop) & 1) ^ 1;
      const lowerHalf = ((position >> yTop) & 1) ^ 1;
      count<T>(row + (lowerHalf ? pitch : 0) + <usize>((x << 1) + rightHalf) * sizeof<T>());
    } else {
      count<T>(row + <usize>x * sizeof<T>());
    }
    electrons++;
    x++;
    // No run follows the last pixel: the remaining bits are padding.
    if (x == width && y == height - 1) break;
  }
  store<u32>(report, status);
  store<u32>(report, <u32>(src - start) - (bitCount >> 3), 4);
  return electrons;
}

/**
 * Adds the electrons of one frame to an image and returns their number. The report is [status u32, source
 * position u32]: 0 success, 1 the stream ends before the last pixel, 2 a run goes beyond the last pixel.
 * @param is16Bit - pixels of the image: 0 u8, 1 u16, native order, rows without padding
 * @param isDoubled - 1: the image has twice the sensor's width and height; xBits and yBits are 1 or more
 * @param positionAfterMaxRun - 1: sub-pixel bits follow a run of maximum length too (the 8-bit coding)
 */
export function eerAddFrame(
  src: usize, srcEnd: usize, image: usize, is16Bit: u32, width: u32, height: u32, isDoubled: u32,
  runBits: u32, xBits: u32, yBits: u32, positionAfterMaxRun: u32, report: usize,
): u32 {
  return is16Bit
    ? decode<u16>(src, srcEnd, image, width, height, isDoubled, runBits, xBits, yBits, positionAfterMaxRun, report)
    : decode<u8>(src, srcEnd, image, width, height, isDoubled, runBits, xBits, yBits, positionAfterMaxRun, report);
}
