import { metricWords } from '../data/metric-words.ts';
import { METRIC_KEYS, METRICS, type MetricKey, OF_THE_FIT } from '../data/metrics.ts';

export interface LivePlot {
  readonly title: string;
  readonly metrics: readonly MetricKey[];
  /** The metric of the histogram beside the plot. */
  readonly counted: MetricKey;
  readonly fromZero: boolean;
  readonly fromFit: boolean;
}

/** The most important plots come first; the others follow in the order of their declarations. */
const FIRST: readonly MetricKey[] = ['defocus', 'fitResolution', 'astigmatism', 'motionTotal'];

/** One plot for each metric that is not drawn in the plot of another metric. */
export const PLOTS: readonly LivePlot[] = [...new Set([...FIRST, ...METRIC_KEYS])].flatMap((key) => {
  const { plot, of } = METRICS[key];
  if ('with' in plot) return [];
  const companions = METRIC_KEYS.filter((other) => isDrawnWith(other, key));
  // A mean is drawn as the metrics that it is the mean of.
  const metrics = of.length > 1 ? companions : [key, ...companions];
  const { title = metricWords[key].label, fromZero } = plot;
  return [{ title, metrics, counted: key, fromZero, fromFit: OF_THE_FIT.includes(key) }];
});

function isDrawnWith(other: MetricKey, key: MetricKey): boolean {
  const { plot } = METRICS[other];
  return 'with' in plot && plot.with === key;
}
