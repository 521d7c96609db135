import { memo, useMemo } from 'react';
import { histogram } from '../data/statistics.ts';
import classes from './plots.module.css';

const WIDTH = 96;
const BINS = 24;

interface HistogramProps {
  label: string;
  /** A new array whenever a value has changed. */
  values: Float64Array;
  /** 1 for selected movies, whose share is drawn darker; null without a selection. */
  mask: Uint8Array | null;
  range: readonly [number, number];
  median: number | null;
  height: number;
  /** Space above and below the bars, px: the same as in the plot beside it, so that both share one axis. */
  top: number;
  bottom: number;
  color: string;
}

/** Histogram with horizontal bars, on the same axis as the plot to its left. */
export const Histogram = memo(function Histogram(props: HistogramProps) {
  const { label, values, range, height, top, bottom, color, mask } = props;
  const innerHeight = height - top - bottom;
  const counts = useMemo(() => histogram(values, range[0], range[1], BINS), [values, range]);
  const selectedCounts = useMemo(
    () => mask && histogram(values, range[0], range[1], BINS, mask),
    [values, mask, range],
  );
  const maxCount = Math.max(1, ...counts);
  const barHeight = innerHeight / BINS;
  const y = (value: number) => top + innerHeight * (1 - (value - range[0]) / (range[1] - range[0]));
  const bars = (binCounts: Uint32Array, opacity: number) =>
    Array.from(binCounts, (count, i) => (
      <rect
        // biome-ignore lint/suspicious/noArrayIndexKey: a bin is identified by its index
        key={i}
        x={1}
        y={top + innerHeight - (i + 1) * barHeight + 0.5}
        width={(count / maxCount) * (WIDTH - 8)}
        height={Math.max(1, barHeight - 1)}
        rx={1}
        fill={color}
        opacity={opacity}
      />
    ));
  return (
    <svg width={WIDTH} height={height} role="img" aria-label={label} className={classes.histogram}>
      <title>{label}</title>
      <line x1={0.5} x2={0.5} y1={top} y2={top + innerHeight} stroke="var(--line)" />
      {bars(counts, selectedCounts === null ? 0.55 : 0.2)}
      {selectedCounts !== null && bars(selectedCounts, 0.75)}
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
