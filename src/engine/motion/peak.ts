/** Peaks of cross-correlations around zero shift. */

export interface Peak {
  readonly x: number;
  readonly y: number;
  /** Height above the mean of the correlation map, in its standard deviations. */
  readonly score: number;
}

/**
 * Maximum of a correlation map, refined by a parabola through its neighbours along each axis.
 * @param correlation - (2 window + 1)^2 values, row-major, centre = zero shift; if all are equal, there is no
 * peak, and the shift is zero
 */
export function findPeak(correlation: Float32Array, window: number): Peak {
  const side = 2 * window + 1;
  let bestIndex = 0;
  let sum = 0;
  let sumOfSquares = 0;
  correlation.forEach((v, i) => {
    if (v > correlation[bestIndex]!) bestIndex = i;
    sum += v;
    sumOfSquares += v * v;
  });
  const mean = sum / correlation.length;
  const deviation = Math.sqrt(Math.max(sumOfSquares / correlation.length - mean * mean, 0));
  // no signal, as from a frame without electrons
  if (deviation === 0) return { x: 0, y: 0, score: 0 };
  const x = bestIndex % side;
  const y = Math.floor(bestIndex / side);
  const offsetAlong = (step: number, isInside: boolean) =>
    isInside
      ? vertex(correlation[bestIndex - step]!, correlation[bestIndex]!, correlation[bestIndex + step]!)
      : 0;
  return {
    x: x - window + offsetAlong(1, x > 0 && x < side - 1),
    y: y - window + offsetAlong(side, y > 0 && y < side - 1),
    score: (correlation[bestIndex]! - mean) / deviation,
  };
}

/** Position of the maximum of the parabola through values at -1, 0, 1. */
function vertex(left: number, centre: number, right: number): number {
  const curvature = left - 2 * centre + right;
  return curvature < 0 ? Math.min(0.5, Math.max(-0.5, (left - right) / (2 * curvature))) : 0;
}

/**
 * Sum of the correlation maps of a spectrum and of up to `reach` neighbours on each side: enhances the common
 * peak of frames that have too few electrons on their own.
 */
export function sumWithNeighbours(
  correlations: readonly Float32Array[],
  index: number,
  reach: number,
): Float32Array {
  if (reach === 0) return correlations[index]!;
  const sum = new Float32Array(correlations[index]!.length);
  // the same number on each side, because otherwise the motion between neighbours would bias the peak
  const symmetricReach = Math.min(reach, index, correlations.length - 1 - index);
  const first = symmetricReach > 0 ? index - symmetricReach : Math.max(0, index - reach);
  const last = symmetricReach > 0 ? index + symmetricReach : Math.min(correlations.length - 1, index + reach);
  for (let i = first; i <= last; i++) {
    correlations[i]!.forEach((v, k) => {
      sum[k] = sum[k]! + v;
    });
  }
  return sum;
}
