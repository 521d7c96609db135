/**
 * Deviations are clipped at this many standard deviations, to limit the influence of hot pixels, gold and the
 * edge of a hole.
 */
const CLIP_SIGMAS = 4;

/**
 * Difference of a pixel from its eight neighbours, relative to their mean: finer detail than that of a moving
 * specimen or of the illumination. It has the same value at the corresponding pixel of the rotated
 * image.
 * @returns null if one of the nine pixels cannot be used or the mean is not positive
 */
export function detail(
  valueAt: (index: number) => number,
  isUsable: (index: number) => boolean,
  width: number,
  x: number,
  y: number,
): number | null {
  const centre = y * width + x;
  let neighbourSum = 0;
  for (let row = centre - width - 1; row <= centre + width - 1; row += width) {
    for (let i = row; i < row + 3; i++) {
      if (!isUsable(i)) return null;
      if (i !== centre) neighbourSum += valueAt(i);
    }
  }
  return neighbourSum > 0 ? valueAt(centre) / (neighbourSum / 8) - 1 : null;
}

/** Subtracts the mean and clips values at CLIP_SIGMAS standard deviations. */
export function clipDeviations(values: Float64Array): Float64Array {
  const count = Math.max(1, values.length);
  const mean = values.reduce((a, b) => a + b, 0) / count;
  const sigma = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / count);
  const limit = CLIP_SIGMAS * sigma;
  return values.map((value) => Math.max(-limit, Math.min(limit, value - mean)));
}
