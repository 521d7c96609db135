/** Number, mean and sample standard deviation of values. */
export interface MeanAndSpread {
  readonly count: number;
  /** Null if there is no value. */
  readonly mean: number | null;
  /** Null for fewer than two values. */
  readonly sd: number | null;
}

/** Sums of values, and of their squares. */
export interface Sums {
  count: number;
  sum: number;
  squares: number;
}

export const emptySums = (): Sums => ({ count: 0, sum: 0, squares: 0 });

/** Values that are not finite are ignored. */
export function addTo(sums: Sums, value: number): void {
  if (!Number.isFinite(value)) return;
  sums.count++;
  sums.sum += value;
  sums.squares += value * value;
}

/** Mean and standard deviation of the values that were added to the sums. */
export function meanAndSpreadFromSums({ count, sum, squares }: Sums): MeanAndSpread {
  const mean = count === 0 ? null : sum / count;
  const variance = mean === null || count < 2 ? null : (squares - count * mean * mean) / (count - 1);
  return { count, mean, sd: variance === null ? null : Math.sqrt(Math.max(0, variance)) };
}

/** Null and values that are not finite are ignored. */
export function meanAndSpread(values: Iterable<number | null>): MeanAndSpread {
  const sums = emptySums();
  for (const value of values) addTo(sums, value ?? Number.NaN);
  return meanAndSpreadFromSums(sums);
}
