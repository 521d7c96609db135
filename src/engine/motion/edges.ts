/**
 * Treatment of the borders of a frame before it is transformed, in place. Values are f32, rows `stride`
 * values apart.
 */

/**
 * Index of the value that fills index i of the padding: the first half of the padding mirrors this end of the
 * axis, the second half the other end, because the transform is periodic.
 */
export function mirroredIndex(length: number, padded: number, i: number): number {
  return i - length < (padded - length) / 2
    ? Math.max(0, 2 * length - 1 - i)
    : Math.min(length - 1, padded - 1 - i);
}

/** Fills the padding at the end of each row with the mirrored edges of the row. */
export function padByMirror(
  values: Float32Array,
  stride: number,
  width: number,
  height: number,
  paddedWidth: number,
): void {
  for (let x = width; x < paddedWidth; x++) {
    const from = mirroredIndex(width, paddedWidth, x);
    for (let y = 0; y < height; y++) values[y * stride + x] = values[y * stride + from]!;
  }
}

/** Fraction of the shorter side over which the frame is tapered to its mean. */
const TAPER_FRACTION = 1 / 24;
/** The mean is taken over every n-th pixel; n is odd, so that the samples are spread over the columns. */
const MEAN_STEP = 61;

/** Factors with which the border is tapered, from the edge inwards. */
export function taperFactors(width: number, height: number): Float32Array {
  const border = Math.floor(Math.min(width, height) * TAPER_FRACTION);
  return Float32Array.from(
    { length: border },
    (_, i) => 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / border),
  );
}

/** Mean of a frame from a sample of its pixels. */
export function sampledMean(values: Float32Array, stride: number, width: number, height: number): number {
  let sum = 0;
  let count = 0;
  for (let y = 0, x = 0; y < height; y++, x -= width) {
    for (; x < width; x += MEAN_STEP, count++) sum += values[y * stride + x]!;
  }
  return sum / count;
}

/** Fills the padding beyond the frame with a value. */
export function padByValue(
  values: Float32Array,
  stride: number,
  width: number,
  height: number,
  paddedWidth: number,
  paddedHeight: number,
  value: number,
): void {
  for (let y = 0; y < height && paddedWidth > width; y++) {
    values.fill(value, y * stride + width, y * stride + paddedWidth);
  }
  for (let y = height; y < paddedHeight; y++) values.fill(value, y * stride, y * stride + paddedWidth);
}
