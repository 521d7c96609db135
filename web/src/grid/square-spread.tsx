import { type ColorScale, colorOf } from './color-scale.ts';
import grid from './grid.module.css';
import classes from './square-card.module.css';
import { gridWords } from './words.ts';

/** Size in units of the drawing, which is stretched to the width of its card. */
const WIDTH = 200;
const HEIGHT = 34;
const MIN_BAR_HEIGHT = 1.5;
const MIN_SPREAD_WIDTH = 2;

/** Histogram of a square. All squares share one axis, so that shapes can be compared. */
export function Histogram(props: {
  square: string;
  mean: number | null;
  /** Counts, separated by commas. */
  bins: string;
  range: readonly [number, number];
  rangeWords: readonly string[];
  scale: ColorScale;
}) {
  const { mean, range, scale, rangeWords } = props;
  const counts = props.bins.split(',').map(Number);
  const max = Math.max(1, ...counts);
  const binWidth = WIDTH / counts.length;
  const [low, high] = range;
  const label = gridWords.histogram(props.square, rangeWords[0] ?? '', rangeWords[1] ?? '');
  const x = (value: number) => ((value - low) / (high - low)) * WIDTH;
  return (
    <svg
      className={classes.histogram}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      {counts.map(
        (count, i) =>
          count > 0 && (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a bin is identified by its index
              key={i}
              x={i * binWidth + 0.5}
              width={binWidth - 1}
              y={HEIGHT - 1 - (count / max) * (HEIGHT - 4)}
              height={Math.max(MIN_BAR_HEIGHT, (count / max) * (HEIGHT - 4))}
              fill={colorOf(scale, low + ((i + 0.5) / counts.length) * (high - low))}
            />
          ),
      )}
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className={classes.axis} />
      {mean !== null && <line x1={x(mean)} x2={x(mean)} y1={0} y2={HEIGHT} className={grid.meanLine} />}
    </svg>
  );
}

/** Mean and standard deviation on the axis of the colour scale. */
export function Spread({ scale, mean, sd }: { scale: ColorScale; mean: number | null; sd: number | null }) {
  const x = (value: number) =>
    Math.min(WIDTH, Math.max(0, ((value - scale.low) / (scale.high - scale.low)) * WIDTH));
  const center = HEIGHT / 2;
  return (
    <svg
      className={classes.histogram}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      <line x1={0} x2={WIDTH} y1={center} y2={center} className={classes.axis} />
      {scale.low < 0 && scale.high > 0 && (
        <line x1={x(0)} x2={x(0)} y1={6} y2={HEIGHT - 6} className={classes.axis} />
      )}
      {mean !== null && (
        <>
          <rect
            x={x(mean - (sd ?? 0))}
            width={Math.max(MIN_SPREAD_WIDTH, x(mean + (sd ?? 0)) - x(mean - (sd ?? 0)))}
            y={center - 6}
            height={12}
            rx={2}
            fill={colorOf(scale, mean)}
            className={classes.outlined}
          />
          <line x1={x(mean)} x2={x(mean)} y1={center - 11} y2={center + 11} className={grid.meanLine} />
        </>
      )}
    </svg>
  );
}
