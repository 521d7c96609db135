export interface ImageStatistics {
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

/**
 * Minimum, maximum, mean and standard deviation of an image, in one pass.
 * @param data - height*width, counts; sums are kept in double precision around the first value
 */
export function imageStatistics(data: Float32Array): ImageStatistics {
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
