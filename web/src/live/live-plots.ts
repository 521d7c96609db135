import { metricWords } from '../data/metric-words.ts';
import { METRIC_KEYS, METRICS, METRICS_FADED_IF_DOUBTFUL, type MetricKey } from '../data/metrics.ts';

export interface LivePlot {
  readonly title: string;
  readonly metrics: readonly MetricKey[];
  /** Metric of the histogram beside the plot, and of the limits. */
  readonly mainMetric: MetricKey;
  /** Whether the vertical axis begins at zero. */
  readonly startsAtZero: boolean;
  /** Whether values are shown faded if the CTF fit of their movie is not reliable. */
  readonly isFadedIfDoubtful: boolean;
}

/** The most important plots come first; the others follow in the order of their declarations. */
const FIRST_PLOTS: readonly MetricKey[] = ['defocus', 'fitResolution', 'astigmatism', 'motionTotal'];

/** One plot for each metric that is not drawn in the plot of another metric. */
export const PLOTS: readonly LivePlot[] = [...new Set([...FIRST_PLOTS, ...METRIC_KEYS])].flatMap((key) => {
  const { plot, columns } = METRICS[key];
  if ('drawnWith' in plot) return [];
  const companions = METRIC_KEYS.filter((other) => isDrawnWith(other, key));
  // In place of a mean, the metrics from which it is calculated are drawn.
  const metrics = columns.length > 1 ? companions : [key, ...companions];
  const { title = metricWords[key].label, startsAtZero } = plot;
  return [
    {
      title,
      metrics,
      mainMetric: key,
      startsAtZero,
      isFadedIfDoubtful: METRICS_FADED_IF_DOUBTFUL.includes(key),
    },
  ];
});

function isDrawnWith(other: MetricKey, key: MetricKey): boolean {
  const { plot } = METRICS[other];
  return 'drawnWith' in plot && plot.drawnWith === key;
}
