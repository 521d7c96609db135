/** Arithmetic behind the plots. NaN in a column means "no value" and is ignored everywhere. */

/** Maximum number of values that are sorted for quantiles; of more values, every n-th is used. */
const MAX_SORTED = 8192;
/** Number of bins for the median of many values: finer than a screen can show. */
const MEDIAN_BINS = 65_536;
/** Fraction of the range of an axis that is left empty at either end. */
const AXIS_PADDING = 0.06;

/** Finite values in ascending order; if there are many, only every n-th value. */
function finiteSorted(columns: readonly Float64Array[]): Float64Array {
  const total = columns.reduce((n, column) => n + column.length, 0);
  const stride = Math.max(1, Math.ceil(total / MAX_SORTED));
  const values = new Float64Array(Math.min(total, MAX_SORTED + columns.length));
  let n = 0;
  for (const column of columns)
    for (let i = 0; i < column.length; i += stride) {
      const value = column[i] ?? Number.NaN;
      if (Number.isFinite(value)) values[n++] = value;
    }
  return values.subarray(0, n).sort();
}

/** Minimum and maximum of all values; null if there is none. */
function extremes(columns: readonly Float64Array[]): [number, number] | null {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const column of columns)
    for (const value of column)
      if (Number.isFinite(value)) {
        if (value < min) min = value;
        if (value > max) max = value;
      }
  return min <= max ? [min, max] : null;
}

const valueAt = (sorted: Float64Array, index: number) => sorted[index] ?? Number.NaN;
const quantileOfSorted = (sorted: Float64Array, q: number) =>
  valueAt(sorted, Math.round((sorted.length - 1) * q));

/** Exact up to 8,192 values, beyond that to one part in 65,536 of their range; null if there is no value. */
export function median(column: Float64Array): number | null {
  if (column.length > MAX_SORTED) return medianOfMany(column);
  const sorted = finiteSorted([column]);
  if (sorted.length === 0) return null;
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? valueAt(sorted, half)
    : (valueAt(sorted, half - 1) + valueAt(sorted, half)) / 2;
}

function medianOfMany(column: Float64Array): number | null {
  const range = extremes([column]);
  if (range === null) return null;
  const [low, high] = range;
  if (low === high) return low;
  const counts = histogram(column, low, high, MEDIAN_BINS);
  let remaining = counts.reduce((total, count) => total + count, 0) / 2;
  const bin = counts.findIndex((count) => {
    remaining -= count;
    return remaining <= 0;
  });
  return low + ((bin + 0.5) / MEDIAN_BINS) * (high - low);
}

/**
 * Range of an axis that shows nearly all points without letting a few outliers flatten the rest: it extends
 * beyond the 2nd and the 98th percentile by at most twice the distance between them. Null if there is no
 * value.
 */
export function axisRange(columns: readonly Float64Array[], startsAtZero: boolean): [number, number] | null {
  const range = extremes(columns);
  const sorted = finiteSorted(columns);
  if (range === null || sorted.length === 0) return range;
  const [min, max] = range;
  const low = quantileOfSorted(sorted, 0.02);
  const high = quantileOfSorted(sorted, 0.98);
  const span = Math.max(high - low, Math.abs(high) * 0.05, 1e-9);
  let bottom = Math.max(min, low - 2 * span);
  let top = Math.min(max, high + 2 * span);
  if (top - bottom < span) {
    const center = (top + bottom) / 2;
    bottom = center - span / 2;
    top = center + span / 2;
  }
  const pad = (top - bottom) * AXIS_PADDING;
  return [startsAtZero && min >= 0 ? 0 : bottom - pad, top + pad];
}

/**
 * Counts in equal bins over `[low, high]`; values outside are counted in the first or last bin.
 * @param mask - 1 for values that are counted
 */
export function histogram(
  column: Float64Array,
  low: number,
  high: number,
  bins: number,
  mask: Uint8Array | null = null,
): Uint32Array {
  const counts = new Uint32Array(bins);
  const scale = bins / (high - low);
  for (let i = 0; i < column.length; i++) {
    const value = column[i] ?? Number.NaN;
    if (!Number.isFinite(value) || (mask !== null && mask[i] !== 1)) continue;
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((value - low) * scale)));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** About `count` ticks inside `[low, high]`, at multiples of 1, 2 or 5 times a power of ten. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const rawStep = (high - low) / Math.max(1, count);
  if (!(rawStep > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(rawStep));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= rawStep * 0.999) ?? 10 * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(i * step);
  return ticks.map((t) => Number(t.toPrecision(12)));
}

/** 1, 2 or 5 times a power of ten, at most `value`. */
export function niceNumberAtMost(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([5, 2, 1].find((m) => m * power <= value * (1 + 1e-9)) ?? 1) * power;
}
