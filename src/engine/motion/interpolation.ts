/** Filters that shift a row of pixels by a fraction of a pixel. */

/** Same value as in `kernels/warp.as.ts`. */
export const TAPS = 8;
/** Steps of the fraction in the table: the error is at most a thousandth of a pixel. */
export const FRACTION_STEPS = 512;
/**
 * Filters are optimal in the mean square up to BAND times Nyquist, with an additional weight of LOW_WEIGHT up
 * to LOW_BAND.
 * Chosen by `npm run bench -- interpolation`: 8 taps have a power response of 0.99 to 1.05 up to 3/4 of
 * Nyquist (there, Lanczos with 6 taps has 0.78, cubic 0.59, bilinear 0.38).
 */
const BAND = 0.8;
const LOW_BAND = 0.3;
const LOW_WEIGHT = 3;

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
/**
 * Integral of cos(pi u x) over u from 0 to BAND plus, with the weight LOW_WEIGHT, from 0 to LOW_BAND.
 */
const kernel = (x: number) => BAND * sinc(BAND * x) + LOW_WEIGHT * LOW_BAND * sinc(LOW_BAND * x);

/**
 * Taps h of the filter out(x) = sum of h[k] in(x + k - taps / 2 + 1) that best approximates the exact shift
 * out(x) = in(x + fraction): "general least squares" of Laakso et al., IEEE Signal Processing Magazine 13
 * (1996) 30-60. Scaled so that a constant is preserved.
 */
export function shiftFilter(taps: number, fraction: number): Float64Array {
  const offsets = Array.from({ length: taps }, (_, k) => k - taps / 2 + 1);
  const rows = offsets.map((a) => [...offsets.map((b) => kernel(a - b)), kernel(a - fraction)]);
  const filter = solve(rows);
  const sum = filter.reduce((a, b) => a + b, 0);
  return filter.map((v) => v / sum);
}

/** Gauss-Jordan on rows of a symmetric positive definite matrix, each with its right-hand side. */
function solve(rows: number[][]): Float64Array {
  const n = rows.length;
  for (let k = 0; k < n; k++) {
    const pivot = rows[k]!;
    const scale = 1 / pivot[k]!;
    for (let j = k; j <= n; j++) pivot[j] = pivot[j]! * scale;
    for (let i = 0; i < n; i++) {
      const factor = rows[i]![k]!;
      if (i === k || factor === 0) continue;
      for (let j = k; j <= n; j++) rows[i]![j] = rows[i]![j]! - factor * pivot[j]!;
    }
  }
  return Float64Array.from(rows, (row) => row[n]!);
}

/** Filters of the fractions 0, 1 / FRACTION_STEPS, ... 1, TAPS f32 each, for the kernel. */
export function fillFilters(table: Float32Array): void {
  for (let step = 0; step <= FRACTION_STEPS; step++) {
    table.set(shiftFilter(TAPS, step / FRACTION_STEPS), step * TAPS);
  }
}

/** Number of values in the table. */
export const FILTER_TABLE_LENGTH = (FRACTION_STEPS + 1) * TAPS;
