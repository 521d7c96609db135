import { CodedError } from '../contract/errors.ts';
import type { InputFile } from './input-file.ts';

/**
 * Whether bytes are signed, from their values, for a file that does not say it. A distribution of pixel
 * values is contiguous: signed bytes around zero continue from 255 to 0, unsigned ones around the middle of
 * their range from 127 to 128. In the wrong sense it would be torn apart there.
 */

/**
 * `either`: no value is in the upper half, so both are the same, or there are too few pixels. `saturated`: -1
 * or saturated pixels. `unclear`: the values are consistent with both. In the last two cases the images would
 * differ.
 */
export type Sign = 'signed' | 'unsigned' | 'either' | 'saturated' | 'unclear';

/** A value occurs if this fraction of the bytes has it; hot pixels are fewer. */
const MIN_PART = 1e-4;
const MIN_BYTES = 3;
/** Fewer pixels show nothing. */
const MIN_TOTAL = 1000;
/** Values on each side of a seam whose numbers are compared. */
const WINDOW = 16;
/** A wide distribution crosses both seams: the right one has this many times as many bytes around it. */
const CLEAR_RATIO = 4;
/** Fraction of the bytes of 255 that have it in all samples if they are hot pixels. */
const HOT_PART = 0.5;

/** @param samples - the same pixels in different frames, at least one */
export function byteSign(samples: readonly Uint8Array[]): Sign {
  const counts = countsOf(samples);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const least = Math.max(MIN_BYTES, MIN_PART * total);
  const between = (first: number, end: number) =>
    counts.subarray(first, end).reduce((sum, count) => sum + count, 0);
  const occur = (...values: number[]) => values.every((value) => counts[value]! >= least);
  if (between(128, 256) === 0 || total < MIN_TOTAL) return 'either';
  const crossesMiddle = occur(126, 127, 128, 129);
  const crossesZero = occur(254, 255, 0, 1);
  if (crossesMiddle && crossesZero) {
    // without the ends of the range, where saturated pixels are
    const middle = Math.min(between(127 - WINDOW, 127), between(129, 129 + WINDOW));
    const zero = Math.min(between(255 - WINDOW, 255), between(1, 1 + WINDOW));
    return signByWindows(middle, zero);
  }
  if (crossesMiddle) return 'unsigned';
  if (crossesZero) return 'signed';
  // -1 without -2, or saturated pixels; the difference matters only if they are not hot in every frame
  const isMinusOne = occur(255, 0, 1) && !isHot(samples);
  return isMinusOne ? 'saturated' : 'unsigned';
}

/** @param middle - number of values on either side of the middle of the range; @param zero - of its ends */
function signByWindows(middle: number, zero: number): Sign {
  if (middle > CLEAR_RATIO * zero) return 'unsigned';
  return zero > CLEAR_RATIO * middle ? 'signed' : 'unclear';
}

/** Values of 16 bits at each end of the range, or on each side of its middle, that are compared. */
const WORD_WINDOW = 4096;
/** Fraction of the values that must be on both sides of a seam. */
const MIN_WORD_PART = 1e-3;

/** As `byteSign`, for 16 bits. */
export function wordSign(samples: readonly Uint16Array[]): Sign {
  const within = (first: number, end: number) =>
    samples.reduce((sum, words) => sum + words.filter((word) => word >= first && word < end).length, 0);
  const total = within(0, 65536);
  if (within(32768, 65536) === 0 || total < MIN_TOTAL) return 'either';
  // without the ends of the range, where saturated pixels are
  const zero = Math.min(within(1, 1 + WORD_WINDOW), within(65535 - WORD_WINDOW, 65535));
  if (zero < MIN_WORD_PART * total) return 'unsigned';
  return signByWindows(
    Math.min(within(32767 - WORD_WINDOW, 32767), within(32769, 32769 + WORD_WINDOW)),
    zero,
  );
}

function countsOf(samples: readonly Uint8Array[]): Float64Array {
  const counts = new Float64Array(256);
  for (const sample of samples) for (const byte of sample) counts[byte]!++;
  return counts;
}

function isHot(samples: readonly Uint8Array[]): boolean {
  const [first, ...others] = samples;
  if (!first || others.length === 0) return false;
  let found = 0;
  let hot = 0;
  first.forEach((byte, i) => {
    if (byte !== 255) return;
    found++;
    if (others.every((other) => other[i] === 255)) hot++;
  });
  return hot > HOT_PART * found;
}

/** Frames of a movie that are sampled: the first, the last and one between them. */
export const sampledFrames = (frames: number): number[] => [
  ...new Set([0, Math.floor((frames - 1) / 2), frames - 1]),
];

/** The file has to be marked by its owner: a guess could give an inverted micrograph. */
export const unclearSign = (file: InputFile, field: string): CodedError =>
  new CodedError(
    'MOVIE_UNSUPPORTED',
    'Nothing in the file says whether its pixels are signed, and their values are consistent with both. Convert it to a format that states it: MRC mode 6 for unsigned pixels, mode 1 for signed ones.',
    { file: file.path, field, expected: 'signed or unsigned', found: 'not said' },
  );
