import { ActionIcon, Tooltip, useComputedColorScheme } from '@mantine/core';
import { IconTable } from '@tabler/icons-react';
import { metricText } from '../data/format.ts';
import { metricWords } from '../data/metric-words.ts';
import { useObservable, useThrottled } from '../state/observable.ts';
import { TrustNote } from '../ui/trust-note.tsx';
import { Histogram } from './histogram.tsx';
import { METRIC_COLORS, paletteOf } from './palette.ts';
import classes from './plots.module.css';
import { PointsPlot } from './points-plot.tsx';
import type { PointsPlotProps } from './points-props.ts';
import { plotAreaOf } from './points-view.ts';
import { plotWords } from './words.ts';

export interface SeriesFigureProps extends Omit<PointsPlotProps, 'label' | 'x'> {
  title: string;
  /** Opens the table, sorted by the metric of this plot. */
  onTable: () => void;
}

/** Interval at which the histogram follows a drag. */
const HISTOGRAM_MS = 120;

/** Related metrics against the movie number: points, a live read-out and the distribution beside it. */
export function SeriesFigure(props: SeriesFigureProps) {
  const { title, snapshot, mainMetric, metrics, height, hasXAxis, model } = props;
  const palette = paletteOf(useComputedColorScheme('light'));
  const selection = useThrottled(model.current, HISTOGRAM_MS);
  const { series } = snapshot;
  const median = series.metrics.median(mainMetric);
  const range = series.metrics.range(metrics, props.startsAtZero);
  const medianText = metricText(mainMetric, median);
  const area = plotAreaOf(400, height, hasXAxis);
  const tableLabel = plotWords.toTable(title);
  return (
    <figure className={classes.figure}>
      <figcaption className={classes.caption}>
        <span className={classes.title}>{title}</span>
        <ReadOut {...props} medianText={medianText} />
        <Tooltip label={tableLabel}>
          <ActionIcon
            className="no-print"
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={tableLabel}
            onClick={props.onTable}
          >
            <IconTable size={15} />
          </ActionIcon>
        </Tooltip>
      </figcaption>
      <div className={classes.row}>
        <PointsPlot {...props} x="seq" label={plotWords.describe(title, series.size, medianText)} />
        <Histogram
          label={plotWords.histogram(metricWords[mainMetric].label)}
          values={series.column(mainMetric)}
          mask={selection?.mask ?? null}
          range={range}
          median={median}
          height={height}
          top={area.top}
          bottom={height - area.top - area.height}
          color={palette[METRIC_COLORS[mainMetric] ?? 'blue']}
        />
      </div>
    </figure>
  );
}

/** Values of the movie under the pointer, otherwise those of the chosen movie; and the median. */
function ReadOut(props: SeriesFigureProps & { medianText: string }) {
  const { group, chosen, metrics, snapshot, medianText, isFadedIfDoubtful } = props;
  const palette = paletteOf(useComputedColorScheme('light'));
  const hovered = useObservable(group.hover);
  const index = hovered ?? chosen;
  const { series } = snapshot;
  return (
    <span className={classes.readout}>
      {metrics.map((key) => (
        <span key={key} className={classes.entry}>
          {metrics.length > 1 && (
            <>
              <i className={classes.dot} style={{ background: palette[METRIC_COLORS[key] ?? 'blue'] }} />
              <span className="muted">{metricWords[key].short}</span>
            </>
          )}
          {index !== null && index < series.size && <b>{metricText(key, series.value(key, index))}</b>}
        </span>
      ))}
      {isFadedIfDoubtful && index !== null && index < series.size && (
        <TrustNote confidence={series.value('confidence', index)} />
      )}
      <span className={`muted ${classes.median}`}>
        {plotWords.median} {medianText}
      </span>
    </span>
  );
}
