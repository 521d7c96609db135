import { useComputedColorScheme } from '@mantine/core';
import { useMemo, useRef } from 'react';
import type { AxisKey } from '../data/criteria.ts';
import { metricWords } from '../data/metric-words.ts';
import { isFaint } from '../data/trust.ts';
import { criterionWords } from '../data/words.ts';
import type { SelectionModel } from '../state/selection-model.ts';
import type { Range } from './axis.ts';
import { METRIC_COLORS, paletteOf } from './palette.ts';
import { classify, type PointClasses } from './point-classes.ts';
import type { PointsPlotProps } from './points-props.ts';
import type { PointsScene } from './points-view.ts';

const UNIT_RANGE: Range = [0, 1];
/** Free space beyond the first and the last movie: fraction of the axis, and minimum number of movies. */
const SEQ_PADDING = 0.012;
const MIN_SEQ_PADDING = 0.5;

/**
 * Columns, ranges and scene of a points plot. The columns are a new object whenever the drawn values have
 * changed.
 */
export function usePointsScene(props: PointsPlotProps) {
  const { snapshot, model, group, x, metrics, hasXAxis, startsAtZero, isFadedIfDoubtful } = props;
  const [firstMetric = props.mainMetric] = metrics;
  const { series } = snapshot;
  const palette = paletteOf(useComputedColorScheme('light'));
  const columns = useMemo(
    () => ({
      xs: series.metrics.axisValues(x),
      ys: metrics.map((key) => ({ key, values: series.column(key) })),
      x: x === 'seq' ? seqRange(series.seqs()) : series.metrics.range([x], false),
      y: series.metrics.range(metrics, startsAtZero),
    }),
    [series, x, metrics, startsAtZero],
  );
  const cache = useRef<{ key: readonly unknown[]; classes: PointClasses } | null>(null);
  const currentClasses = (): PointClasses => {
    const mask = maskOf(model, series.size);
    const key = [series, mask, isFadedIfDoubtful];
    const cached = cache.current;
    if (cached?.key.every((part, i) => part === key[i])) return cached.classes;
    const isFaintMovie = isFadedIfDoubtful ? (i: number) => isFaint(series.value('confidence', i)) : null;
    const classes = classify(series.size, mask, (i) => series.has(i, 'rejected'), isFaintMovie);
    cache.current = { key, classes };
    return classes;
  };
  const scene = (): PointsScene => ({
    xs: columns.xs,
    pointSets: columns.ys.map(({ key, values }) => ({
      ys: values,
      color: palette[METRIC_COLORS[key] ?? 'blue'],
    })),
    size: series.size,
    isSorted: x === 'seq',
    x: group.zoomX.get() ?? columns.x,
    y: group.zoomY.get() ?? columns.y,
    xLabel: hasXAxis ? axisLabel(x) : null,
    yLabel: metrics.length === 1 && x !== 'seq' ? axisLabel(firstMetric) : metricWords[firstMetric].unit,
    classes: currentClasses(),
    palette,
  });
  return { columns, palette, scene };
}

const axisLabel = (key: AxisKey): string => {
  if (key === 'seq') return criterionWords.movieNumber;
  const { label, unit } = metricWords[key];
  return unit === '' ? label : `${label} (${unit})`;
};

/** null if there is no selection, or while the mask belongs to an earlier set of movies. */
function maskOf(model: SelectionModel, size: number): Uint8Array | null {
  const mask = model.current.get()?.mask ?? null;
  return mask !== null && mask.length === size ? mask : null;
}

function seqRange(seqs: Float64Array): Range {
  const [first, last] = [seqs.at(0), seqs.at(-1)];
  if (first === undefined || last === undefined) return UNIT_RANGE;
  const padding = Math.max(MIN_SEQ_PADDING, (last - first) * SEQ_PADDING);
  return [first - padding, last + padding];
}
