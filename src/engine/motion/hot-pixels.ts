import type { PixelSet } from './defects.ts';
import type { PixelValues } from './pixel-values.ts';

/** Finds hot pixels in the plain sum of a movie's frames. */

/**
 * A pixel is hot if it is this many standard deviations above the median of the image and of its
 * surroundings.
 */
const HOT_SIGMAS = 8;
/** Maximum fraction of hot pixels: more are not defects of a camera but features of the image. */
const MAX_FRACTION = 0.002;
const SAMPLES = 100_000;

export interface HotPixels {
  /** Indices into the image, ascending. */
  readonly indices: Int32Array;
  /** Excess of each, in the units of the sum. */
  readonly excess: Float32Array;
  /** Mean over good pixels, and their robust standard deviation. */
  readonly mean: number;
  readonly sigma: number;
  /** There were too many candidates: none was treated as hot. */
  readonly hasTooManyCandidates: boolean;
}

export const maxHotPixels = (pixels: number) => Math.max(16, Math.floor(MAX_FRACTION * pixels));

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;

/**
 * @param sum - sum of the raw frames, height*width
 * @param gain - gain by which the sum must be multiplied; null: none
 * @param bad - pixels that are already known and are excluded
 * @param kind - what the values are: if they are not counts, pixels below their surroundings are outliers too
 */
export function findHotPixels(
  sum: Float32Array,
  gain: Float32Array | null,
  bad: PixelSet,
  kind: ValueKind = COUNTS,
): HotPixels {
  const count = sum.length;
  const valueAt = gain ? (i: number) => sum[i]! * gain[i]! : (i: number) => sum[i]!;
  const step = Math.max(1, Math.floor(count / SAMPLES));
  const samples: number[] = [];
  for (let i = 0; i < count; i += step) if (!bad.has(i)) samples.push(valueAt(i));
  const centre = median(samples);
  // 1.4826: standard deviation of a normal distribution divided by its median absolute deviation
  const sigma = 1.4826 * median(samples.map((v) => Math.abs(v - centre)));
  const spread = Math.max(spreadOf(samples, centre, sigma, kind), MIN_RELATIVE_SPREAD * Math.abs(centre));
  const limit = HOT_SIGMAS * spread;
  const isTwoSided = kind.values !== 'counts';
  const lowest = isTwoSided ? centre - limit : Number.NEGATIVE_INFINITY;
  const isOutlier = (difference: number) => (isTwoSided ? Math.abs(difference) : difference) > limit;
  const { total, candidates } = scan(sum, gain, centre + limit, lowest);
  let totalOfBad = 0;
  bad.forEach((index) => {
    totalOfBad += valueAt(index);
  });
  const goodCount = count - bad.size;
  const indices: number[] = [];
  const excess: number[] = [];
  for (const index of candidates) {
    if (bad.has(index)) continue;
    const median5x5 = surroundingMedian(valueAt, bad.width, bad.height, bad, index);
    const difference = valueAt(index) - median5x5;
    if (isOutlier(difference)) {
      indices.push(index);
      excess.push(difference);
    }
  }
  const hasTooManyCandidates = indices.length > maxHotPixels(count);
  return {
    indices: Int32Array.from(hasTooManyCandidates ? [] : indices),
    excess: Float32Array.from(hasTooManyCandidates ? [] : excess),
    mean: goodCount === 0 ? 0 : (total - totalOfBad) / goodCount,
    sigma,
    hasTooManyCandidates,
  };
}

/** Values of the frames: their kind, and their variance divided by their mean. */
interface ValueKind {
  readonly values: PixelValues;
  readonly dispersion: number;
}
const COUNTS: ValueKind = { values: 'counts', dispersion: 1 };

/** Rounding of 32-bit floats. */
const MIN_RELATIVE_SPREAD = 1e-6;
/** Beyond these dispersions, the values are not electrons that were counted one by one. */
const LOW_DISPERSION = 0.5;
const HIGH_DISPERSION = 2;

/** Standard deviation of the sum: not less than that of counts, if it contains counts. */
function spreadOf(samples: readonly number[], centre: number, sigma: number, kind: ValueKind): number {
  const { values, dispersion } = kind;
  const isScaled = dispersion < LOW_DISPERSION || dispersion > HIGH_DISPERSION;
  if (values !== 'counts' || (isScaled && sigma === 0)) return sigma > 0 ? sigma : deviation(samples);
  const factor = dispersion < LOW_DISPERSION ? dispersion : 1;
  return Math.max(sigma, Math.sqrt(Math.max(factor * centre, 0)));
}

/** Standard deviation without the highest and the lowest 0.5 %, for samples most of which are equal. */
function deviation(samples: readonly number[]): number {
  const sorted = Float64Array.from(samples).sort();
  const trimCount = Math.floor(0.005 * sorted.length);
  const centralValues = sorted.subarray(trimCount, sorted.length - trimCount);
  const mean = centralValues.reduce((sum, v) => sum + v, 0) / Math.max(1, centralValues.length);
  return Math.sqrt(
    centralValues.reduce((sum, v) => sum + (v - mean) ** 2, 0) / Math.max(1, centralValues.length),
  );
}

/**
 * Sum of all pixels, and the indices of those outside two limits. Kept minimal, because it loops over the
 * whole image.
 */
function scan(
  sum: Float32Array,
  gain: Float32Array | null,
  highest: number,
  lowest: number,
): { total: number; candidates: number[] } {
  const candidates: number[] = [];
  let total = 0;
  for (let i = 0; i < sum.length; i++) {
    const v = gain ? sum[i]! * gain[i]! : sum[i]!;
    total += v;
    if (v > highest || v < lowest) candidates.push(i);
  }
  return { total, candidates };
}

/** Median of the good pixels in the surrounding 5x5 pixels. */
function surroundingMedian(
  valueAt: (index: number) => number,
  width: number,
  height: number,
  bad: PixelSet,
  index: number,
): number {
  const x0 = index % width;
  const y0 = Math.floor(index / width);
  const values: number[] = [];
  for (let y = Math.max(0, y0 - 2); y <= Math.min(height - 1, y0 + 2); y++) {
    for (let x = Math.max(0, x0 - 2); x <= Math.min(width - 1, x0 + 2); x++) {
      const i = y * width + x;
      if (i !== index && !bad.has(i)) values.push(valueAt(i));
    }
  }
  return median(values);
}
