import { NO_RINGS_CONFIDENCE } from '../../../src/contract/record.ts';
import { fixed } from '../data/format.ts';
import type { GridMetric } from '../data/grid-choices.ts';
import { metricWords } from '../data/metric-words.ts';
import { METRICS, OF_THE_FIT } from '../data/metrics.ts';
import type { Series } from '../data/series.ts';
import { gridWords } from './words.ts';

/** Which end is the better one; null where neither is. */
export const betterEnd = (metric: GridMetric): 'low' | 'high' | null =>
  metric === 'defocusOffset' ? null : METRICS[metric].better;

export const gridMetricWords = (metric: GridMetric): { label: string; unit: string; help: string } =>
  metric === 'defocusOffset' ? gridWords.defocusOffset : metricWords[metric];

const digitsOf = (metric: GridMetric) => METRICS[metric === 'defocusOffset' ? 'defocus' : metric].digits;

/** What rounds to zero has no sign. */
const signed = (value: number, words: string) =>
  /[1-9]/.test(words) ? (value > 0 ? `+${words}` : words.replace('-', '−')) : words.replace('-', '');

/** With its unit; a difference with its sign. */
export function gridValue(metric: GridMetric, value: number | null): string {
  const words = fixed(value, digitsOf(metric), gridMetricWords(metric).unit);
  return metric === 'defocusOffset' && value !== null ? signed(value, words) : words;
}

/** Without unit. */
export const gridNumber = (metric: GridMetric, value: number | null): string => {
  const words = fixed(value, digitsOf(metric));
  return metric === 'defocusOffset' && value !== null ? signed(value, words) : words;
};

const isOfTheFit = (metric: GridMetric) => metric === 'defocusOffset' || OF_THE_FIT.includes(metric);

/** Whether the figure is a guess: it comes from a fit that saw no rings. Such are counted, not averaged. */
export function isGuess(store: Series, metric: GridMetric, index: number): boolean {
  return isOfTheFit(metric) && (store.column('confidence')[index] ?? Number.NaN) < NO_RINGS_CONFIDENCE;
}

/** Value of a movie; NaN where it has none or a guess. @param targetUm - target defocus of the movie, where known */
export function gridFigure(
  store: Series,
  metric: GridMetric,
  index: number,
  targetUm: number | null,
): number {
  if (isGuess(store, metric, index)) return Number.NaN;
  if (metric === 'defocusOffset')
    return targetUm === null ? Number.NaN : (store.column('defocus')[index] ?? Number.NaN) - targetUm;
  return store.column(metric)[index] ?? Number.NaN;
}

/** Figures that the range is taken of: more than that are sampled evenly. */
const MOST_SORTED = 8192;
/** Left out at either end: a few outliers would leave the others one colour. */
const OUTSIDE = 0.02;

/** From nearly the least to nearly the largest figure of the session, guesses left out; null where no movie has one. */
export function figuresRange(store: Series, metric: GridMetric): [number, number] | null {
  const stride = Math.max(1, Math.ceil(store.size / MOST_SORTED));
  const values: number[] = [];
  for (let i = 0; i < store.size; i += stride) {
    const value = gridFigure(store, metric, i, null);
    if (Number.isFinite(value)) values.push(value);
  }
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  const at = (part: number) => values[Math.round(part * (values.length - 1))]!;
  return [at(OUTSIDE), at(1 - OUTSIDE)];
}
