import { memo } from 'react';
import { histogram } from '../data/statistics.ts';
import classes from './plots.module.css';

const WIDTH = 96;
const BINS = 24;

interface HistogramProps {
  label: string;
  values: Float64Array;
  /** Says that the values changed. */
  version: number;
  range: readonly [number, number];
  median: number | null;
  height: number;
  /** Space above and below the bars, px: those of the plot beside it, so that both share one axis. */
  top: number;
  bottom: number;
  color: string;
}

/** Distribution on its side, on the same axis as the plot to its left. */
export const Histogram = memo(function Histogram(props: HistogramProps) {
  const { label, values, range, height, top, bottom, color } = props;
  const inner = height - top - bottom;
  const counts = histogram(values, range[0], range[1], BINS);
  const most = Math.max(1, ...counts);
  const bar = inner / BINS;
  const y = (value: number) => top + inner * (1 - (value - range[0]) / (range[1] - range[0]));
  return (
    <svg width={WIDTH} height={height} role="img" aria-label={label} className={classes.histogram}>
      <title>{label}</title>
      <line x1={0.5} x2={0.5} y1={top} y2={top + inner} stroke="var(--line)" />
      {Array.from(counts, (count, i) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its index
          key={i}
          x={1}
          y={top + inner - (i + 1) * bar + 0.5}
          width={(count / most) * (WIDTH - 8)}
          height={Math.max(1, bar - 1)}
          rx={1}
          fill={color}
          opacity={0.55}
        />
      ))}
      {props.median !== null && (
        <line
          x1={0}
          x2={WIDTH - 4}
          y1={y(props.median)}
          y2={y(props.median)}
          stroke={color}
          strokeDasharray="3 3"
        />
      )}
    </svg>
  );
});
