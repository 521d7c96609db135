import { CodedError } from '../contract/errors.ts';
import type { InputFile } from './input-file.ts';

/**
 * Determines from the values of bytes whether they are signed, for a file that does not state it. The
 * distribution of pixel values has no gap. If they are signed and around zero, it continues from byte 255
 * (-1) to byte 0; if they are unsigned and around the middle of their range, from 127 to 128. With the wrong
 * signedness, it would be split at this seam.
 */

/**
 * `either`: both interpretations are the same, because no value is in the upper half; also if there are too
 * few pixels to decide. `saturated`: bytes of 255 are either -1 or saturated pixels. `unclear`: the values
 * are consistent with both. In the last two cases, signed and unsigned pixels would give different images.
 */
export type Signedness = 'signed' | 'unsigned' | 'either' | 'saturated' | 'unclear';

/** A value counts as present if at least this fraction of the bytes has it; hot pixels are fewer. */
const MIN_FRACTION = 1e-4;
const MIN_BYTES = 3;
/** Fewer pixels are not enough evidence. */
const MIN_TOTAL = 1000;
/** Number of values on each side of a seam whose counts are compared. */
const WINDOW = 16;
/**
 * A wide distribution crosses both seams: the bytes around the correct one outnumber those around the other
 * by at least this factor.
 */
const MIN_RATIO = 4;
/** Bytes of 255 are hot pixels if more than this fraction of them is 255 in all samples. */
const HOT_FRACTION = 0.5;

/** @param samples - the same pixels in different frames, at least one */
export function byteSignedness(samples: readonly Uint8Array[]): Signedness {
  const counts = countsOf(samples);
  const total = counts.reduce((sum, count) => sum + count, 0);
  const minCount = Math.max(MIN_BYTES, MIN_FRACTION * total);
  const countBetween = (first: number, end: number) =>
    counts.subarray(first, end).reduce((sum, count) => sum + count, 0);
  const arePresent = (...values: number[]) => values.every((value) => counts[value]! >= minCount);
  if (countBetween(128, 256) === 0 || total < MIN_TOTAL) return 'either';
  const crossesMiddle = arePresent(126, 127, 128, 129);
  const crossesZero = arePresent(254, 255, 0, 1);
  if (crossesMiddle && crossesZero) {
    // without the ends of the range, where saturated pixels are
    const nearMiddle = Math.min(countBetween(127 - WINDOW, 127), countBetween(129, 129 + WINDOW));
    const nearZero = Math.min(countBetween(255 - WINDOW, 255), countBetween(1, 1 + WINDOW));
    return signednessByWindows(nearMiddle, nearZero);
  }
  if (crossesMiddle) return 'unsigned';
  if (crossesZero) return 'signed';
  // Bytes of 255 are either -1, although no pixel is -2, or saturated; the difference matters only if the
  // pixels are not hot in every frame.
  const isAmbiguous = arePresent(255, 0, 1) && !areSaturatedPixelsHot(samples);
  return isAmbiguous ? 'saturated' : 'unsigned';
}

/** @param nearMiddle - number of pixels beside the middle of the range @param nearZero - beside its ends */
function signednessByWindows(nearMiddle: number, nearZero: number): Signedness {
  if (nearMiddle > MIN_RATIO * nearZero) return 'unsigned';
  return nearZero > MIN_RATIO * nearMiddle ? 'signed' : 'unclear';
}

/** Number of 16-bit values on each side of a seam whose counts are compared. */
const WORD_WINDOW = 4096;
/** If pixels are signed, at least this fraction is just above zero, and at least this fraction just below. */
const MIN_WORD_FRACTION = 1e-3;

/** Like `byteSignedness`, for 16 bits. */
export function wordSignedness(samples: readonly Uint16Array[]): Signedness {
  const countBetween = (first: number, end: number) =>
    samples.reduce((sum, words) => sum + words.filter((word) => word >= first && word < end).length, 0);
  const total = countBetween(0, 65536);
  if (countBetween(32768, 65536) === 0 || total < MIN_TOTAL) return 'either';
  // without the ends of the range, where saturated pixels are
  const nearZero = Math.min(countBetween(1, 1 + WORD_WINDOW), countBetween(65535 - WORD_WINDOW, 65535));
  if (nearZero < MIN_WORD_FRACTION * total) return 'unsigned';
  return signednessByWindows(
    Math.min(countBetween(32767 - WORD_WINDOW, 32767), countBetween(32769, 32769 + WORD_WINDOW)),
    nearZero,
  );
}

function countsOf(samples: readonly Uint8Array[]): Float64Array {
  const counts = new Float64Array(256);
  for (const sample of samples) for (const byte of sample) counts[byte]!++;
  return counts;
}

/** Whether bytes of 255 are hot pixels: most of them are 255 in all samples. */
function areSaturatedPixelsHot(samples: readonly Uint8Array[]): boolean {
  const [first, ...others] = samples;
  if (!first || others.length === 0) return false;
  let saturatedCount = 0;
  let hotCount = 0;
  first.forEach((byte, i) => {
    if (byte !== 255) return;
    saturatedCount++;
    if (others.every((other) => other[i] === 255)) hotCount++;
  });
  return hotCount > HOT_FRACTION * saturatedCount;
}

/** Frames of a movie that are sampled: the first, the last and one between them. */
export const framesToSample = (frames: number): number[] => [
  ...new Set([0, Math.floor((frames - 1) / 2), frames - 1]),
];

/** The user must convert the file: a guess could give an inverted micrograph. */
export const unclearSignednessError = (file: InputFile, field: string): CodedError =>
  new CodedError(
    'MOVIE_UNSUPPORTED',
    'The file does not state whether its pixels are signed, and their values are consistent with both. Convert it to a format that states it: MRC mode 6 for unsigned pixels, mode 1 for signed ones.',
    { file: file.path, field, expected: 'signed or unsigned', found: 'not stated' },
  );
