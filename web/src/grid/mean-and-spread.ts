/** Number, mean and sample standard deviation of values. */
export interface MeanAndSpread {
  readonly counted: number;
  /** Null if there is no value. */
  readonly mean: number | null;
  /** Null for fewer than two values. */
  readonly sd: number | null;
}

/** Sums of values, and of their squares. */
export interface Sums {
  counted: number;
  sum: number;
  squares: number;
}

export const emptySums = (): Sums => ({ counted: 0, sum: 0, squares: 0 });

/** Values that are not finite are ignored. */
export function addTo(sums: Sums, value: number): void {
  if (!Number.isFinite(value)) return;
  sums.counted++;
  sums.sum += value;
  sums.squares += value * value;
}

export function spreadOf({ counted, sum, squares }: Sums): MeanAndSpread {
  const mean = counted === 0 ? null : sum / counted;
  const variance = mean === null || counted < 2 ? null : (squares - counted * mean * mean) / (counted - 1);
  return { counted, mean, sd: variance === null ? null : Math.sqrt(Math.max(0, variance)) };
}

/** Null and values that are not finite are ignored. */
export function meanAndSpread(values: Iterable<number | null>): MeanAndSpread {
  const sums = emptySums();
  for (const value of values) addTo(sums, value ?? Number.NaN);
  return spreadOf(sums);
}
