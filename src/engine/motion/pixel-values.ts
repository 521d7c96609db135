import { isFlat } from './flat.ts';

/** Determines from a sample of each frame what kind of pixel values a movie has. */

export interface FrameSample {
  readonly isFlat: boolean;
  /** Sum of the values below zero, without their sign, and of those above zero. */
  readonly negativeSum: number;
  readonly positiveSum: number;
  readonly mean: number;
  /** Variance without the highest and the lowest values. */
  readonly variance: number;
}

/**
 * `counts`: zero means no electrons. `negative`: many values are below zero. `offset`: the values vary less
 * than counts do, so that something was added to them, or they were scaled or averaged.
 */
export type PixelValues = 'counts' | 'negative' | 'offset';

/** Approximate number of sampled pixels; their spacing is odd, so that they are spread over the columns. */
const SAMPLES = 4000;
/** Fraction of the values at each end that is left out of the variance: hot and dead pixels. */
const TRIMMED_FRACTION = 0.005;

/** @param raw - pixels as recorded, before gain correction; values that are not finite are left out */
export function sampleFrame(raw: ArrayLike<number>): FrameSample {
  const step = Math.max(1, Math.floor(raw.length / SAMPLES)) | 1;
  const values = new Float64Array(Math.ceil(raw.length / step));
  let count = 0;
  for (let i = 0; i < raw.length; i += step) if (Number.isFinite(raw[i])) values[count++] = raw[i]!;
  const sorted = values.subarray(0, count).sort();
  const trimCount = Math.floor(TRIMMED_FRACTION * count);
  const centralValues = sorted.subarray(trimCount, count - trimCount);
  const mean = meanOf(sorted);
  const centralMean = meanOf(centralValues);
  return {
    isFlat: isFlat(raw),
    negativeSum: sorted.reduce((sum, value) => sum - Math.min(0, value), 0),
    positiveSum: sorted.reduce((sum, value) => sum + Math.max(0, value), 0),
    mean,
    variance:
      centralValues.length === 0
        ? 0
        : centralValues.reduce((sum, value) => sum + (value - centralMean) ** 2, 0) / centralValues.length,
  };
}

const meanOf = (values: Float64Array): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Counts are not negative; up to this fraction, negative values are assumed to be the readout noise of a
 * camera that does not count.
 */
const MAX_NEGATIVE_FRACTION = 0.04;
/** The variance of counts equals their mean, or is a little less where electrons coincided. */
const MIN_VARIANCE_FRACTION = 0.3;

/** Sum over the frames that are not flat. */
const totalOf = (
  samples: readonly FrameSample[],
  key: 'negativeSum' | 'positiveSum' | 'mean' | 'variance',
): number => samples.reduce((sum, sample) => sum + (sample.isFlat ? 0 : sample[key]), 0);

/** @param samples - one for each frame of a movie */
export function pixelValues(samples: readonly FrameSample[]): PixelValues {
  if (totalOf(samples, 'negativeSum') > MAX_NEGATIVE_FRACTION * totalOf(samples, 'positiveSum'))
    return 'negative';
  const isOffset = totalOf(samples, 'variance') < MIN_VARIANCE_FRACTION * totalOf(samples, 'mean');
  return isOffset ? 'offset' : 'counts';
}

/**
 * In a frame of values that are not counts, sets those that are not finite to the mean. The kernels set them
 * to zero, which is correct for counts, but far from all other values of a frame with an offset.
 */
export function replaceNonFinite(frame: Float32Array): void {
  const sample = sampleFrame(frame);
  if (pixelValues([sample]) === 'counts') return;
  // x - x is not zero if x is NaN or infinite
  for (let i = 0; i < frame.length; i++) if (frame[i]! - frame[i]! !== 0) frame[i] = sample.mean;
}

/**
 * Variance of the values of a movie divided by their mean: 1 for counted electrons, more for a camera that
 * integrates, less for scaled or averaged values. 1 if there are no values.
 */
export function dispersion(samples: readonly FrameSample[]): number {
  const mean = totalOf(samples, 'mean');
  return mean > 0 ? totalOf(samples, 'variance') / mean : 1;
}
