import { ActionIcon, Select, Tooltip } from '@mantine/core';
import { IconArrowsExchange } from '@tabler/icons-react';
import { useMemo } from 'react';
import { metricWords } from '../data/metric-words.ts';
import { METRIC_KEYS, METRICS_FADED_IF_DOUBTFUL, type MetricKey } from '../data/metrics.ts';
import type { SelectionModel } from '../state/selection-model.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';
import { type DragMode, PlotGroup } from './plot-group.ts';
import classes from './plots.module.css';
import { PointsPlot } from './points-plot.tsx';
import { useScatterAxes } from './use-scatter-axes.ts';
import { plotWords } from './words.ts';

const HEIGHT_PX = 300;
const CHOICES = METRIC_KEYS.map((key) => ({ value: key, label: metricWords[key].label }));

/** A plot of any metric against any other, with the same brush, limits and selection as the other plots. */
export function ScatterCard(props: {
  snapshot: SeriesSnapshot;
  model: SelectionModel;
  mode: DragMode;
  chosen: number | null;
  onChoose: (index: number) => void;
  onOpen: (index: number) => void;
}) {
  const [axes, setAxes] = useScatterAxes();
  const { x, y } = axes;
  // With new axes, the whole plane is visible.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new group whenever the axes change
  const group = useMemo(() => new PlotGroup(), [x, y]);
  const metrics = useMemo(() => [y] as const, [y]);
  const axisSelect = (label: string, value: MetricKey, set: (key: MetricKey) => void) => (
    <Select
      className={classes.axis}
      size="xs"
      aria-label={label}
      data={CHOICES}
      value={value}
      allowDeselect={false}
      comboboxProps={{ withinPortal: true }}
      onChange={(next) => {
        const key = METRIC_KEYS.find((metric) => metric === next);
        if (key !== undefined) set(key);
      }}
    />
  );
  return (
    <section className={`card ${classes.scatter}`}>
      <div className={`${classes.axes} no-print`}>
        {axisSelect(plotWords.yAxis, y, (key) => setAxes({ x, y: key }))}
        <span className="muted">{plotWords.against}</span>
        {axisSelect(plotWords.xAxis, x, (key) => setAxes({ x: key, y }))}
        <Tooltip label={plotWords.swap}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={plotWords.swap}
            onClick={() => setAxes({ x: y, y: x })}
          >
            <IconArrowsExchange size={16} />
          </ActionIcon>
        </Tooltip>
      </div>
      <PointsPlot
        {...props}
        key={`${x} ${y}`}
        label={plotWords.scatterOf(metricWords[y].label, metricWords[x].label, props.snapshot.series.size)}
        group={group}
        x={x}
        metrics={metrics}
        mainMetric={y}
        height={HEIGHT_PX}
        hasXAxis
        startsAtZero={false}
        isFadedIfDoubtful={METRICS_FADED_IF_DOUBTFUL.includes(x) || METRICS_FADED_IF_DOUBTFUL.includes(y)}
      />
    </section>
  );
}
