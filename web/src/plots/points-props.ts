import type { AxisKey } from '../data/criteria.ts';
import type { MetricKey } from '../data/metrics.ts';
import type { SelectionModel } from '../state/selection-model.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import type { DragMode, PlotGroup } from './plot-group.ts';

export interface PointsPlotProps {
  label: string;
  snapshot: SeriesSnapshot;
  model: SelectionModel;
  group: PlotGroup;
  mode: DragMode;
  x: AxisKey;
  metrics: readonly MetricKey[];
  /** The metric of the limits and the histogram. */
  mainMetric: MetricKey;
  height: number;
  hasXAxis: boolean;
  /** Whether the vertical axis begins at zero. */
  startsAtZero: boolean;
  /** Whether values are shown faded if the CTF fit of their movie is not reliable. */
  isFadedIfDoubtful: boolean;
  /** Index of the chosen movie. */
  chosen: number | null;
  onChoose: (index: number) => void;
  onOpen: (index: number) => void;
}
