import type { MicrographStatistics } from '../contract/record.ts';

/**
 * Minimum, maximum, mean and standard deviation of a micrograph, in one pass.
 * @param data - height*width, counts; sums are kept in double precision around the first value
 */
export function imageStatistics(data: Float32Array): {
  minimum: number;
  maximum: number;
  mean: number;
  standardDeviation: number;
} {
  const origin = data[0] ?? 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    const off = value - origin;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    sum += off;
    squares += off * off;
  }
  const meanOff = sum / data.length;
  const variance = Math.max(0, squares / data.length - meanOff * meanOff);
  return { minimum, maximum, mean: origin + meanOff, standardDeviation: Math.sqrt(variance) };
}

/** Statistics of the record, of the sum without dose weighting. */
export function describeMicrograph(micrograph: {
  readonly sum: Float32Array;
  readonly width: number;
  readonly height: number;
  readonly pixelSizeA: number;
  readonly meanCountsPerPixelFrame: number | null;
}): MicrographStatistics {
  const { width, height, pixelSizeA, meanCountsPerPixelFrame } = micrograph;
  return {
    width,
    height,
    pixelSizeA,
    ...imageStatistics(micrograph.sum),
    meanDosePerPixelFrame: meanCountsPerPixelFrame,
  };
}
