import { useMemo } from 'react';
import type { GridHoles } from '../../../src/contract/grid.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import type { Series } from '../data/series.ts';
import { type ColorScale, colorScale } from './color-scale.ts';
import { betterEnd, valueRange } from './grid-metrics.ts';
import { type HolesLayout, layOutHoles } from './holes-layout.ts';
import { type MovieMark, markOf } from './movie-mark.ts';

interface SquareDrawing {
  /** Undefined while the holes are being loaded. */
  readonly layout: HolesLayout | undefined;
  /** Mark of every exposure, keyed by movie name. */
  readonly marks: ReadonlyMap<string, MovieMark>;
  readonly scale: ColorScale;
}

/**
 * Positions, marks and colours of the exposures of a square.
 * @param mask - 1 for selected movies of the series
 */
export function useSquareDrawing(
  holes: GridHoles | undefined,
  series: Series,
  metric: GridMetric,
  mask: Uint8Array | null,
): SquareDrawing {
  const layout = useMemo(() => holes && layOutHoles(holes), [holes]);
  const marks = useMemo(() => {
    const exposures = holes?.holes.flatMap((hole) => hole.exposures) ?? [];
    return new Map(exposures.map((exposure) => [exposure.base, markOf(series, exposure, metric, mask)]));
  }, [holes, series, metric, mask]);
  const sessionRange = useMemo(() => valueRange(series, metric), [series, metric]);
  const isDifference = metric === 'defocusOffset';
  // The range of the session, so that squares can be compared. Targets are known for this square only.
  const range = isDifference ? rangeOf(marks) : sessionRange;
  return { layout, marks, scale: colorScale(range, betterEnd(metric), isDifference) };
}

function rangeOf(marks: ReadonlyMap<string, MovieMark>): [number, number] | null {
  const values = [...marks.values()].flatMap(({ value }) => value ?? []);
  return values.length > 0 ? [Math.min(...values), Math.max(...values)] : null;
}
