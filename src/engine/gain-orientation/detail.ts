/** Deviations beyond so many standard deviations are cut: hot pixels, gold, the rim of an ice hole. */
const CUT_SIGMAS = 4;

/**
 * How much a pixel differs from its eight neighbours, as a part of their mean: what is finer than a specimen that moves, and than
 * the illumination. The same for an image and for the turned image at the turned place.
 * @returns null where a pixel of the nine cannot be used or the mean is not above zero
 */
export function detail(
  valueAt: (index: number) => number,
  isUsable: (index: number) => boolean,
  width: number,
  x: number,
  y: number,
): number | null {
  const centre = y * width + x;
  let around = 0;
  for (let row = centre - width - 1; row <= centre + width - 1; row += width) {
    for (let i = row; i < row + 3; i++) {
      if (!isUsable(i)) return null;
      if (i !== centre) around += valueAt(i);
    }
  }
  return around > 0 ? valueAt(centre) / (around / 8) - 1 : null;
}

/** Mean zero, and no value beyond CUT_SIGMAS standard deviations. */
export function cut(values: Float64Array): Float64Array {
  const count = Math.max(1, values.length);
  const mean = values.reduce((a, b) => a + b, 0) / count;
  const sigma = Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / count);
  const most = CUT_SIGMAS * sigma;
  return values.map((value) => Math.max(-most, Math.min(most, value - mean)));
}
