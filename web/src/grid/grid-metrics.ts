import { NO_RINGS_CONFIDENCE } from '../../../src/contract/record.ts';
import { numberText } from '../data/format.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import { metricWords } from '../data/metric-words.ts';
import { METRICS, METRICS_FADED_IF_DOUBTFUL } from '../data/metrics.ts';
import type { Series } from '../data/series.ts';
import { gridWords } from './words.ts';

/** Whether low or high values are better; null if neither. */
export const betterEnd = (metric: GridMetric): 'low' | 'high' | null =>
  metric === 'defocusOffset' ? null : METRICS[metric].better;

export const gridMetricWords = (metric: GridMetric): { label: string; unit: string; help: string } =>
  metric === 'defocusOffset' ? gridWords.defocusOffset : metricWords[metric];

const digitsOf = (metric: GridMetric) => METRICS[metric === 'defocusOffset' ? 'defocus' : metric].digits;

/** A value that is rounded to zero has no sign. */
const withSign = (value: number, text: string) =>
  /[1-9]/.test(text) ? (value > 0 ? `+${text}` : text.replace('-', '−')) : text.replace('-', '');

/** A value with its unit; a difference has its sign. */
export function valueWithUnit(metric: GridMetric, value: number | null): string {
  const text = numberText(value, digitsOf(metric), gridMetricWords(metric).unit);
  return metric === 'defocusOffset' && value !== null ? withSign(value, text) : text;
}

/** A value without its unit; a difference has its sign. */
export const valueText = (metric: GridMetric, value: number | null): string => {
  const text = numberText(value, digitsOf(metric));
  return metric === 'defocusOffset' && value !== null ? withSign(value, text) : text;
};

/** A standard deviation, without unit and sign. */
export const spreadText = (metric: GridMetric, sd: number): string => valueText(metric, sd).replace('+', '');

const needsThonRings = (metric: GridMetric) =>
  metric === 'defocusOffset' || METRICS_FADED_IF_DOUBTFUL.includes(metric);

/** Whether the value comes from a fit without Thon rings. Such movies are counted, but not averaged. */
export function isWithoutRings(series: Series, metric: GridMetric, index: number): boolean {
  return needsThonRings(metric) && (series.column('confidence')[index] ?? Number.NaN) < NO_RINGS_CONFIDENCE;
}

/**
 * Value of a movie; NaN if it has none, or if the fit has no Thon rings.
 * @param targetUm - its target defocus, if known
 */
export function gridValue(
  series: Series,
  metric: GridMetric,
  index: number,
  targetUm: number | null,
): number {
  if (isWithoutRings(series, metric, index)) return Number.NaN;
  if (metric === 'defocusOffset')
    return targetUm === null ? Number.NaN : (series.column('defocus')[index] ?? Number.NaN) - targetUm;
  return series.column(metric)[index] ?? Number.NaN;
}

/** Maximum number of values that are sorted for quantiles; of more values, every n-th is used. */
const MAX_SORTED = 8192;
/**
 * Quantile at either end of a range: otherwise a few outliers would leave one colour for all other values.
 */
const END_QUANTILE = 0.02;

/**
 * Range from the 2nd to the 98th percentile of the session; null if there is no value. Fits without Thon
 * rings are excluded.
 */
export function valueRange(series: Series, metric: GridMetric): [number, number] | null {
  const stride = Math.max(1, Math.ceil(series.size / MAX_SORTED));
  const values: number[] = [];
  for (let i = 0; i < series.size; i += stride) {
    const value = gridValue(series, metric, i, null);
    if (Number.isFinite(value)) values.push(value);
  }
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  const quantile = (fraction: number) => values[Math.round(fraction * (values.length - 1))] ?? Number.NaN;
  return [quantile(END_QUANTILE), quantile(1 - END_QUANTILE)];
}
