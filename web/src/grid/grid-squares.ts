import type { Grid, GridSquare } from '../../../src/contract/grid.ts';
import type { GridMetric, SquareOrder } from '../data/grid-choices.ts';
import type { Series } from '../data/series.ts';
import { gridFigure, isGuess } from './grid-metrics.ts';

/** A grid square with what the page knows of its movies. */
export interface SquareFigures {
  readonly square: GridSquare;
  /** Place in the order in which squares were begun, from 0. */
  readonly order: number;
  readonly done: number;
  readonly rejected: number;
  /** Of the figure of movies that have it; null where none has. */
  readonly mean: number | null;
  /** Standard deviation; null for fewer than two. */
  readonly sd: number | null;
  /** Movies that the mean is of. */
  readonly counted: number;
  /** Movies whose figure is a guess: no rings were seen. */
  readonly guesses: number;
}

/** Index of the square of each movie of the store; -1 where none is known. */
export function squareIndices(store: Series, runs: Grid['runs']): Int32Array {
  const seqs = store.seqs();
  const indices = new Int32Array(store.size).fill(-1);
  let run = 0;
  for (let i = 0; i < seqs.length; i++) {
    const seq = seqs[i] ?? Number.NaN;
    while (run < runs.length && runs[run]![1] < seq) run++;
    const found = runs[run];
    if (found !== undefined && found[0] <= seq) indices[i] = found[2];
  }
  return indices;
}

/** Counts, mean and spread of a figure by square. */
export function squareFigures(
  store: Series,
  grid: Grid,
  indices: Int32Array,
  metric: GridMetric,
): SquareFigures[] {
  const tallies = grid.squares.map(() => ({
    done: 0,
    rejected: 0,
    counted: 0,
    guesses: 0,
    sum: 0,
    squares: 0,
  }));
  for (let i = 0; i < indices.length; i++) {
    const tally = tallies[indices[i]!];
    if (tally === undefined) continue;
    tally.done++;
    if (store.has(i, 'rejected')) tally.rejected++;
    if (isGuess(store, metric, i)) tally.guesses++;
    const value = gridFigure(store, metric, i, null);
    if (!Number.isFinite(value)) continue;
    tally.counted++;
    tally.sum += value;
    tally.squares += value * value;
  }
  return grid.squares.map((square, order) => {
    const { done, rejected, guesses, ...figures } = tallies[order]!;
    const shared = { square, order, done, rejected, guesses };
    // Only the service knows the targets of all movies.
    if (metric === 'defocusOffset') {
      const { meanUm: mean = null, sdUm: sd = null, movies: counted = 0 } = square.defocusOffset ?? {};
      return { ...shared, mean, sd, counted };
    }
    return { ...shared, ...spreadOf(figures) };
  });
}

/** Mean and standard deviation (of a sample) from sums. */
function spreadOf({ counted, sum, squares }: { counted: number; sum: number; squares: number }) {
  const mean = counted === 0 ? null : sum / counted;
  const variance = mean === null || counted < 2 ? null : (squares - counted * mean * mean) / (counted - 1);
  return { counted, mean, sd: variance === null ? null : Math.sqrt(Math.max(0, variance)) };
}

export const meanAndSpread = (values: Iterable<number>) => {
  const sums = { counted: 0, sum: 0, squares: 0 };
  for (const value of values)
    if (Number.isFinite(value)) {
      sums.counted++;
      sums.sum += value;
      sums.squares += value * value;
    }
  return spreadOf(sums);
};

/** Movies of a figure in equal bins, by square: `counts[square * bins + bin]`. Values beyond fall into the end bins. */
export function squareHistograms(
  store: Series,
  indices: Int32Array,
  metric: GridMetric,
  [low, high]: readonly [number, number],
  bins: number,
  squares: number,
): Uint16Array {
  const counts = new Uint16Array(squares * bins);
  for (let i = 0; i < indices.length; i++) {
    const square = indices[i]!;
    const value = square < 0 ? Number.NaN : gridFigure(store, metric, i, null);
    if (!Number.isFinite(value)) continue;
    const bin = Math.floor(((value - low) / (high - low)) * bins);
    counts[square * bins + Math.min(bins - 1, Math.max(0, bin))]!++;
  }
  return counts;
}

/** Squares without a figure come last. Where neither end is the better one, the lower values come first. */
export function sortSquares(
  figures: readonly SquareFigures[],
  order: SquareOrder,
  better: 'low' | 'high' | null,
): SquareFigures[] {
  if (order === 'begun') return [...figures];
  if (order === 'most')
    return figures.toSorted((a, b) => b.square.total - a.square.total || a.order - b.order);
  const sign = (order === 'best' ? 1 : -1) * (better === 'high' ? -1 : 1);
  return figures.toSorted((a, b) => {
    if (a.mean === null || b.mean === null)
      return Number(a.mean === null) - Number(b.mean === null) || a.order - b.order;
    return sign * (a.mean - b.mean) || a.order - b.order;
  });
}

/** As they stood before, new ones at the end: nothing moves under a pointer. @param names - of the squares as they stand */
export function keepOrder(sorted: readonly SquareFigures[], names: readonly string[]): SquareFigures[] {
  const places = new Map(names.map((name, i) => [name, i]));
  const placeOf = ({ square }: SquareFigures) => places.get(square.name) ?? names.length;
  return sorted.toSorted((a, b) => placeOf(a) - placeOf(b));
}

/** Squares that differ by less than their movies do are not to look different: so many standard deviations at least. */
const LEAST_SPREADS = 3;

/**
 * What a scale must tell apart: from the least to the largest mean, wider where the movies of a square differ more; null where
 * there is none. @param withSpreads - the standard deviations have their place on it too
 */
export function meansRange(figures: readonly SquareFigures[], withSpreads = false): [number, number] | null {
  const ends = (mean: number, sd: number) => (withSpreads ? [mean - sd, mean + sd] : [mean]);
  const means = figures.flatMap(({ mean, sd }) => (mean === null ? [] : ends(mean, sd ?? 0)));
  if (means.length === 0) return null;
  const [least, most] = [Math.min(...means), Math.max(...means)];
  const spreads = figures.flatMap(({ sd }) => (sd === null ? [] : [sd])).sort((a, b) => a - b);
  const half = Math.max(most - least, LEAST_SPREADS * (spreads[spreads.length >> 1] ?? 0)) / 2;
  const middle = (least + most) / 2;
  return [middle - half, middle + half];
}
