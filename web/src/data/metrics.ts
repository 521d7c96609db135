import type { MovieRow } from '../../../src/contract/api.ts';
import { fromEntries } from '../../../src/contract/from-entries.ts';
import type { PlotDeclaration } from '../../../src/contract/metrics.ts';
import {
  type ColumnKey,
  columnsOfMetric,
  isHiddenIn,
  type MetricKey,
  PAGE_METRICS,
} from '../../../src/contract/stored-metrics.ts';
import { isFaint } from './trust.ts';

export type { MetricKey };

/** Metrics that the page plots and tabulates, as `src/contract/metrics.ts` declares them. */
export const METRIC_KEYS: readonly MetricKey[] = PAGE_METRICS.map(({ key }) => key);

interface Metric {
  /** Columns of the service; the metric is their mean. */
  readonly columns: readonly ColumnKey[];
  /** Converts the unit of the columns to that of the screen (µm, Å, s). */
  readonly scale: number;
  /** Digits after the decimal point. */
  readonly digits: number;
  readonly better: 'low' | 'high' | null;
  readonly plot: PlotDeclaration;
}

export const METRICS: Record<MetricKey, Metric> = fromEntries(
  PAGE_METRICS.map((metric) => {
    const { key, screenScale: scale, digits, better, plot } = metric;
    return [key, { columns: columnsOfMetric(metric), scale, digits, better, plot }] as const;
  }),
);

/** Value for the screen; NaN if the movie has none. */
export function metricOf(key: MetricKey, read: (column: ColumnKey) => number | null): number {
  const { columns, scale } = METRICS[key];
  let sum = 0;
  for (const column of columns) sum += read(column) ?? Number.NaN;
  return (sum * scale) / columns.length;
}

/** Value for the screen; null if the movie has none. */
export function metricOfRow(key: MetricKey, row: MovieRow): number | null {
  const value = metricOf(key, (column) => row[column]);
  return Number.isNaN(value) ? null : value;
}

/** Metrics that a part of the page shows, in the order of the declarations. */
export const metricsIn = (part: 'table' | 'grid'): readonly MetricKey[] =>
  PAGE_METRICS.filter((metric) => !isHiddenIn(part, metric)).map(({ key }) => key);

export const METRICS_FADED_IF_DOUBTFUL: readonly MetricKey[] = PAGE_METRICS.filter(
  ({ isFadedIfDoubtful }) => isFadedIfDoubtful,
).map(({ key }) => key);

/** Whether a value is shown faded, because it comes from a CTF fit that cannot be trusted. */
export const isDoubtful = (metric: MetricKey, confidence: number | null): boolean =>
  isFaint(confidence) && METRICS_FADED_IF_DOUBTFUL.includes(metric);
