import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { GRID_METRICS, type GridMetric } from '../data/grid-choices.ts';
import { ColorLegend } from './color-legend.tsx';
import type { ColorScale } from './color-scale.ts';
import classes from './grid.module.css';
import { betterEnd, gridMetricWords, valueText } from './grid-metrics.ts';
import { gridWords } from './words.ts';

/** Choice of the metric that colours the grid, and its legend; `children` are between the two. */
export function GridTools(props: {
  metric: GridMetric;
  scale: ColorScale;
  /** Whether the target defocus of some movies is known. */
  hasTargets: boolean;
  onMetric: (metric: GridMetric) => void;
  children?: ReactNode;
}) {
  const { metric, scale } = props;
  const choices = GRID_METRICS.filter((key) => key !== 'defocusOffset' || props.hasTargets || key === metric);
  const { label, unit, help } = gridMetricWords(metric);
  return (
    <div className={classes.tools}>
      <Select
        className="no-print"
        size="xs"
        label={gridWords.metric}
        data={choices.map((value) => ({ value, label: gridMetricWords(value).label }))}
        value={metric}
        allowDeselect={false}
        title={help}
        onChange={(next) => {
          const choice = GRID_METRICS.find((value) => value === next);
          if (choice !== undefined) props.onMetric(choice);
        }}
      />
      {props.children}
      <ColorLegend
        scale={scale}
        label={gridWords.legend(label, unit)}
        low={valueText(metric, scale.low)}
        high={valueText(metric, scale.high)}
        better={betterEnd(metric)}
      />
    </div>
  );
}
