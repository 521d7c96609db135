export interface ImageStatistics {
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  readonly standardDeviation: number;
}

/**
 * Minimum, maximum, mean and standard deviation of an image, in one pass.
 * @param data - height*width, counts; the sums are of differences from the first value, in double precision
 */
export function imageStatistics(data: Float32Array): ImageStatistics {
  const origin = data[0] ?? 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    const difference = value - origin;
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
    sum += difference;
    squares += difference * difference;
  }
  const meanDifference = sum / data.length;
  const variance = Math.max(0, squares / data.length - meanDifference * meanDifference);
  return { minimum, maximum, mean: origin + meanDifference, standardDeviation: Math.sqrt(variance) };
}
