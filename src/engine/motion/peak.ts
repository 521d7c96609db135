/** Peaks of cross-correlations around zero shift. */

export interface Peak {
  readonly x: number;
  readonly y: number;
  /** Height above the mean of the square, in its standard deviations. */
  readonly score: number;
}

/**
 * Maximum of a square, refined by a parabola through its neighbours along each axis.
 * @param square - (2 window + 1)^2 values, row-major, centre = zero shift; if all are equal there is no peak,
 * and the shift is zero
 */
export function findPeak(square: Float32Array, window: number): Peak {
  const side = 2 * window + 1;
  let best = 0;
  let sum = 0;
  let sumOfSquares = 0;
  square.forEach((v, i) => {
    if (v > square[best]!) best = i;
    sum += v;
    sumOfSquares += v * v;
  });
  const mean = sum / square.length;
  const deviation = Math.sqrt(Math.max(sumOfSquares / square.length - mean * mean, 0));
  // no signal, as from a frame without electrons
  if (deviation === 0) return { x: 0, y: 0, score: 0 };
  const x = best % side;
  const y = Math.floor(best / side);
  const along = (step: number, isInside: boolean) =>
    isInside ? vertex(square[best - step]!, square[best]!, square[best + step]!) : 0;
  return {
    x: x - window + along(1, x > 0 && x < side - 1),
    y: y - window + along(side, y > 0 && y < side - 1),
    score: (square[best]! - mean) / deviation,
  };
}

/** Position of the maximum of the parabola through values at -1, 0, 1. */
function vertex(before: number, at: number, after: number): number {
  const curvature = before - 2 * at + after;
  return curvature < 0 ? Math.min(0.5, Math.max(-0.5, (before - after) / (2 * curvature))) : 0;
}

/**
 * Mean of the squares of up to `reach` neighbours on each side: enhances the common peak of frames that have
 * too few electrons on their own.
 */
export function withNeighbours(squares: readonly Float32Array[], index: number, reach: number): Float32Array {
  if (reach === 0) return squares[index]!;
  const sum = new Float32Array(squares[index]!.length);
  // the same number on each side, because otherwise the motion between neighbours would bias the peak
  const near = Math.min(reach, index, squares.length - 1 - index);
  const first = near > 0 ? index - near : Math.max(0, index - reach);
  const last = near > 0 ? index + near : Math.min(squares.length - 1, index + reach);
  for (let i = first; i <= last; i++) {
    squares[i]!.forEach((v, k) => {
      sum[k] = sum[k]! + v;
    });
  }
  return sum;
}
