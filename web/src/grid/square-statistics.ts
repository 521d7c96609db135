import type { Grid, GridSquare } from '../../../src/contract/grid.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import type { Series } from '../data/series.ts';
import { gridValue, isWithoutRings } from './grid-metrics.ts';
import { addTo, emptySums, meanAndSpreadFromSums } from './mean-and-spread.ts';

/** A grid square with statistics of its movies. */
export interface SquareStatistics {
  readonly square: GridSquare;
  /** Position in the order of recording, from 0. */
  readonly order: number;
  readonly done: number;
  readonly rejected: number;
  /** Mean over the movies that have the value; null if none has. */
  readonly mean: number | null;
  /** Standard deviation; null for fewer than two values. */
  readonly sd: number | null;
  /** Number of movies in the mean. */
  readonly count: number;
  /** Number of movies without Thon rings: their values are not in the mean. */
  readonly withoutRings: number;
}

/** Index of the square of each movie of the series; -1 if it is unknown. */
export function squareIndices(series: Series, runs: Grid['runs']): Int32Array {
  const seqs = series.seqs();
  const indices = new Int32Array(series.size).fill(-1);
  let runIndex = 0;
  for (let i = 0; i < seqs.length; i++) {
    const seq = seqs[i] ?? Number.NaN;
    let run = runs[runIndex];
    while (run !== undefined && run[1] < seq) run = runs[++runIndex];
    if (run !== undefined && run[0] <= seq) indices[i] = run[2];
  }
  return indices;
}

/** Counts, mean and standard deviation of a metric for each square. */
export function squareStatistics(
  series: Series,
  grid: Grid,
  indices: Int32Array,
  metric: GridMetric,
): SquareStatistics[] {
  const tallies = grid.squares.map((square, order) => ({
    square,
    order,
    done: 0,
    rejected: 0,
    withoutRings: 0,
    sums: emptySums(),
  }));
  for (const [i, square] of indices.entries()) {
    const tally = tallies[square];
    if (tally === undefined) continue;
    tally.done++;
    if (series.has(i, 'rejected')) tally.rejected++;
    if (isWithoutRings(series, metric, i)) tally.withoutRings++;
    addTo(tally.sums, gridValue(series, metric, i, null));
  }
  return tallies.map(({ sums, ...counts }) => ({
    ...counts,
    ...(metric === 'defocusOffset' ? offsetStatisticsOf(counts.square) : meanAndSpreadFromSums(sums)),
  }));
}

/** Statistics from the service, because the page does not have the targets of all movies. */
function offsetStatisticsOf({ defocusOffset }: GridSquare) {
  const { meanUm: mean = null, sdUm: sd = null, movies: count = 0 } = defocusOffset ?? {};
  return { mean, sd, count };
}

/**
 * Histogram of a metric for each square: `counts[square * bins + bin]`. Values outside the range are
 * counted in the first or last bin.
 * @param squares - number of squares
 */
export function squareHistograms(
  series: Series,
  indices: Int32Array,
  metric: GridMetric,
  [low, high]: readonly [number, number],
  bins: number,
  squares: number,
): Uint16Array {
  const counts = new Uint16Array(squares * bins);
  for (const [i, square] of indices.entries()) {
    const value = square < 0 ? Number.NaN : gridValue(series, metric, i, null);
    if (!Number.isFinite(value)) continue;
    const bin = Math.floor(((value - low) / (high - low)) * bins);
    const index = square * bins + Math.min(bins - 1, Math.max(0, bin));
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

/** A scale covers at least this many standard deviations, so that similar squares have similar colours. */
const MIN_RANGE_SD = 3;

/**
 * Range of a colour scale of squares: from the lowest to the highest mean, or a wider one if values within
 * the squares differ more; null if there is no mean.
 * @param includesSpreads - whether the range includes the standard deviations
 */
export function meansRange(
  statistics: readonly SquareStatistics[],
  includesSpreads = false,
): [number, number] | null {
  const ends = (mean: number, sd: number) => (includesSpreads ? [mean - sd, mean + sd] : [mean]);
  const means = statistics.flatMap(({ mean, sd }) => (mean === null ? [] : ends(mean, sd ?? 0)));
  if (means.length === 0) return null;
  const [min, max] = [Math.min(...means), Math.max(...means)];
  const spreads = statistics.flatMap(({ sd }) => sd ?? []).sort((a, b) => a - b);
  const halfRange = Math.max(max - min, MIN_RANGE_SD * (spreads[spreads.length >> 1] ?? 0)) / 2;
  const center = (min + max) / 2;
  return [center - halfRange, center + halfRange];
}
