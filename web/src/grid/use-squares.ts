import { useMemo } from 'react';
import type { Grid } from '../../../src/contract/grid.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import type { Series } from '../data/series.ts';
import { type ColorScale, colorScale } from './color-scale.ts';
import { betterEnd, valueRange } from './grid-metrics.ts';
import {
  meansRange,
  type SquareStatistics,
  squareHistograms,
  squareIndices,
  squareStatistics,
} from './square-statistics.ts';

export const HISTOGRAM_BINS = 20;

export interface SquareHistograms {
  readonly range: readonly [number, number];
  /** `counts[order of the square * HISTOGRAM_BINS + bin]`. */
  readonly counts: Uint16Array;
}

interface Squares {
  readonly statistics: SquareStatistics[];
  readonly scale: ColorScale;
  /** Null if no movie has a value, and for differences from the target, which only the service has. */
  readonly histograms: SquareHistograms | null;
}

/** Statistics of all squares, their colour scale and their histograms. */
export function useSquares(grid: Grid, series: Series, metric: GridMetric): Squares {
  const isDifference = metric === 'defocusOffset';
  const indices = useMemo(() => squareIndices(series, grid.runs), [series, grid.runs]);
  const statistics = useMemo(
    () => squareStatistics(series, grid, indices, metric),
    [series, grid, indices, metric],
  );
  const scale = useMemo(
    () => colorScale(meansRange(statistics, isDifference), betterEnd(metric), isDifference),
    [statistics, metric, isDifference],
  );
  const histograms = useMemo(() => {
    const values = isDifference ? null : valueRange(series, metric);
    if (values === null) return null;
    // Round limits, so that they do not change with every movie.
    const { low, high } = colorScale(values, null, false);
    const range = [low, high] as const;
    const counts = squareHistograms(series, indices, metric, range, HISTOGRAM_BINS, grid.squares.length);
    return { range, counts };
  }, [series, grid, indices, metric, isDifference]);
  return { statistics, scale, histograms };
}
