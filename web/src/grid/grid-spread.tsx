import { type ColorScale, colorOf } from './color-scale.ts';
import classes from './grid.module.css';
import type { SquareFigures } from './grid-squares.ts';
import { gridWords } from './words.ts';

/** Of the picture's own units: it is as wide as its card. */
const WIDTH = 200;
const HEIGHT = 34;

/** All squares share one axis, so that shapes can be compared. */
export function Histogram({
  figures,
  bins,
  range,
  scale,
  rangeWords,
}: {
  figures: SquareFigures;
  /** Counts with commas. */
  bins: string;
  range: readonly [number, number];
  rangeWords: readonly string[];
  scale: ColorScale;
}) {
  const counts = bins.split(',').map(Number);
  const most = Math.max(1, ...counts);
  const wide = WIDTH / counts.length;
  const [low, high] = range;
  const label = gridWords.histogram(figures.square.name, rangeWords[0] ?? '', rangeWords[1] ?? '');
  const at = (value: number) => ((value - low) / (high - low)) * WIDTH;
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
              // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its index
              key={i}
              x={i * wide + 0.5}
              width={wide - 1}
              y={HEIGHT - 1 - (count / most) * (HEIGHT - 4)}
              height={Math.max(1.5, (count / most) * (HEIGHT - 4))}
              fill={colorOf(scale, low + ((i + 0.5) / counts.length) * (high - low))}
            />
          ),
      )}
      <line x1={0} x2={WIDTH} y1={HEIGHT - 0.5} y2={HEIGHT - 0.5} className={classes.axis} />
      {figures.mean !== null && (
        <line x1={at(figures.mean)} x2={at(figures.mean)} y1={0} y2={HEIGHT} className={classes.meanLine} />
      )}
    </svg>
  );
}

/** Mean and standard deviation on the axis of the scale. */
export function Spread({ scale, mean, sd }: { scale: ColorScale; mean: number | null; sd: number | null }) {
  const at = (value: number) =>
    Math.min(WIDTH, Math.max(0, ((value - scale.low) / (scale.high - scale.low)) * WIDTH));
  const middle = HEIGHT / 2;
  return (
    <svg
      className={classes.histogram}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden
    >
      <line x1={0} x2={WIDTH} y1={middle} y2={middle} className={classes.axis} />
      {scale.low < 0 && scale.high > 0 && (
        <line x1={at(0)} x2={at(0)} y1={6} y2={HEIGHT - 6} className={classes.axis} />
      )}
      {mean !== null && (
        <>
          <rect
            x={at(mean - (sd ?? 0))}
            width={Math.max(2, at(mean + (sd ?? 0)) - at(mean - (sd ?? 0)))}
            y={middle - 6}
            height={12}
            rx={2}
            fill={colorOf(scale, mean)}
            className={classes.outlined}
          />
          <line x1={at(mean)} x2={at(mean)} y1={middle - 11} y2={middle + 11} className={classes.meanLine} />
        </>
      )}
    </svg>
  );
}
