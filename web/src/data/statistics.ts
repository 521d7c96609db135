/** Arithmetic behind the plots. NaN in a column means "no value" and is left out everywhere. */

/** Values that quantiles are taken of; more than that are sampled evenly: sorting is what costs. */
const MOST_SORTED = 8192;
/** Bins of the median of many values: a part of the range that no screen shows. */
const MEDIAN_BINS = 65_536;

const finiteSorted = (columns: readonly Float64Array[]) => {
  const total = columns.reduce((n, c) => n + c.length, 0);
  const stride = Math.max(1, Math.ceil(total / MOST_SORTED));
  const values = new Float64Array(Math.min(total, MOST_SORTED + columns.length));
  let n = 0;
  for (const column of columns)
    for (let i = 0; i < column.length; i += stride) if (Number.isFinite(column[i]!)) values[n++] = column[i]!;
  return values.subarray(0, n).sort();
};

/** Least and largest of all values; null where there is none. */
function extremes(columns: readonly Float64Array[]): [number, number] | null {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const column of columns)
    for (const v of column)
      if (Number.isFinite(v)) {
        if (v < least) least = v;
        if (v > most) most = v;
      }
  return least <= most ? [least, most] : null;
}

const quantileOfSorted = (sorted: Float64Array, q: number) => sorted[Math.round((sorted.length - 1) * q)]!;

/** Exact up to 8,192 values, beyond that to one part in 65,536 of their range. */
export function median(column: Float64Array): number | null {
  if (column.length > MOST_SORTED) return medianOfMany(column);
  const sorted = finiteSorted([column]);
  if (sorted.length === 0) return null;
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

function medianOfMany(column: Float64Array): number | null {
  const range = extremes([column]);
  if (range === null) return null;
  const [low, high] = range;
  if (low === high) return low;
  const counts = histogram(column, low, high, MEDIAN_BINS);
  let left = counts.reduce((total, count) => total + count, 0) / 2;
  const bin = counts.findIndex((count) => (left -= count) <= 0);
  return low + ((bin + 0.5) / MEDIAN_BINS) * (high - low);
}

/**
 * Range of an axis that shows nearly all points without letting a few outliers flatten the rest: all values, unless
 * they go beyond three spans of the 2nd to 98th percentile. Padded by 6 %; null where there is no value.
 */
export function axisRange(columns: readonly Float64Array[], fromZero: boolean): [number, number] | null {
  const range = extremes(columns);
  const sorted = finiteSorted(columns);
  if (range === null || sorted.length === 0) return range;
  const [least, most] = range;
  const low = quantileOfSorted(sorted, 0.02);
  const high = quantileOfSorted(sorted, 0.98);
  const span = Math.max(high - low, Math.abs(high) * 0.05, 1e-9);
  let bottom = Math.max(least, low - 2 * span);
  let top = Math.min(most, high + 2 * span);
  if (top - bottom < span) {
    const middle = (top + bottom) / 2;
    bottom = middle - span / 2;
    top = middle + span / 2;
  }
  const pad = (top - bottom) * 0.06;
  return [fromZero && least >= 0 ? 0 : bottom - pad, top + pad];
}

/** Counts of equal bins over `[low, high]`; values beyond fall into the end bins. @param mask - 1 for what counts */
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
    const v = column[i]!;
    if (!Number.isFinite(v) || (mask !== null && mask[i] !== 1)) continue;
    counts[Math.min(bins - 1, Math.max(0, Math.floor((v - low) * scale)))]!++;
  }
  return counts;
}

/** Round steps for an axis: about `count` ticks of 1, 2 or 5 times a power of ten inside `[low, high]`. */
export function niceTicks(low: number, high: number, count: number): number[] {
  const raw = (high - low) / Math.max(1, count);
  if (!(raw > 0)) return [];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999) ?? 10 * power;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) ticks.push(i * step);
  return ticks.map((t) => Number(t.toPrecision(12)));
}

/** 1, 2 or 5 times a power of ten, at most `value`. */
export function roundDown(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return ([5, 2, 1].find((m) => m * power <= value * (1 + 1e-9)) ?? 1) * power;
}
