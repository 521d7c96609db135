import { useElementSize } from '@mantine/hooks';
import type { GridExposure } from '../../../src/contract/grid.ts';
import { fixed } from '../data/format.ts';
import { niceTicks } from '../data/statistics.ts';
import classes from './grid.module.css';
import type { GridMark } from './grid-marks.ts';
import { gridNumber, gridValue } from './grid-metrics.ts';
import { meanAndSpread } from './grid-squares.ts';
import { gridWords } from './words.ts';

const HEIGHT = 200;
const LEFT = 52;
const RIGHT = 8;
const TOP = 8;
const BOTTOM = 36;
const RADIUS = 3.5;
const REACH_PX = 14;
/** A difference of less than this is no difference: half the height of the plot at least. */
const LEAST_UM = 0.1;
const PAD_UM = 0.12;

/** Measured less target against target, a point per movie; zero is what was asked for. */
export function TargetPlot(props: {
  exposures: readonly GridExposure[];
  marks: ReadonlyMap<string, GridMark>;
  chosen: string | null;
  onPick: (base: string) => void;
  onHover: (base: string | null) => void;
}) {
  const { ref, width } = useElementSize();
  const points = props.exposures.flatMap(({ base, targetDefocusUm }) => {
    const { offsetUm = null, isRejected = false } = props.marks.get(base) ?? {};
    return offsetUm === null || targetDefocusUm === null
      ? []
      : [{ base, x: targetDefocusUm, y: offsetUm, isRejected }];
  });
  const { mean, sd } = meanAndSpread(points.map(({ y }) => y));
  const wide = Math.max(220, width);
  const xs = points.map(({ x }) => x);
  const [low, high] = points.length === 0 ? [0, 2] : [Math.min(...xs) - PAD_UM, Math.max(...xs) + PAD_UM];
  const most = 1.15 * Math.max(LEAST_UM, ...points.map(({ y }) => Math.abs(y)));
  const toX = (value: number) => LEFT + ((value - low) / (high - low)) * (wide - LEFT - RIGHT);
  const toY = (value: number) => TOP + ((most - value) / (2 * most)) * (HEIGHT - TOP - BOTTOM);
  const near = (event: React.MouseEvent): string | null => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    let [best, least]: [string | null, number] = [null, REACH_PX];
    for (const { base, x, y } of points) {
      const far = Math.hypot(toX(x) - (event.clientX - left), toY(y) - (event.clientY - top));
      if (far < least) [best, least] = [base, far];
    }
    return best;
  };
  const label = gridWords.targetAlt(points.length, gridValue('defocusOffset', mean));
  const ticks = niceTicks(-most, most, 4);
  return (
    <section className={`card ${classes.panel}`} aria-label={gridWords.targetTitle}>
      <h3>{gridWords.targetTitle}</h3>
      {mean !== null && (
        <p className={classes.targetMean}>
          <b>{gridNumber('defocusOffset', mean)}</b>
          {sd !== null && ` ± ${fixed(sd, 2)}`} µm{' '}
          <span className="muted">{mean >= 0 ? gridWords.more : gridWords.less}</span>
        </p>
      )}
      <div ref={ref}>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the map and the table are what keys reach the same movies by */}
        <svg
          width={wide}
          height={HEIGHT}
          role="img"
          aria-label={label}
          className={classes.target}
          onMouseMove={(event) => props.onHover(near(event))}
          onMouseLeave={() => props.onHover(null)}
          onClick={(event) => {
            const base = near(event);
            if (base !== null) props.onPick(base);
          }}
        >
          <title>{label}</title>
          {ticks.map((tick) => (
            <g key={tick}>
              <line
                className={tick === 0 ? classes.zero : classes.gridLine}
                x1={LEFT}
                x2={wide - RIGHT}
                y1={toY(tick)}
                y2={toY(tick)}
              />
              <text x={LEFT - 6} y={toY(tick)} className={classes.tickY}>
                {tick > 0 ? `+${tick}` : tick}
              </text>
            </g>
          ))}
          {niceTicks(low, high, 5).map((tick) => (
            <text key={tick} x={toX(tick)} y={HEIGHT - BOTTOM + 14} className={classes.tickX}>
              {tick}
            </text>
          ))}
          <text x={LEFT + (wide - LEFT - RIGHT) / 2} y={HEIGHT - 4} className={classes.tickX}>
            {gridWords.targetAxis}
          </text>
          <text
            transform={`translate(11 ${TOP + (HEIGHT - TOP - BOTTOM) / 2}) rotate(-90)`}
            className={classes.tickX}
          >
            {gridWords.differenceAxis}
          </text>
          {mean !== null && (
            <line
              className={classes.meanLine}
              strokeDasharray="5 4"
              x1={LEFT}
              x2={wide - RIGHT}
              y1={toY(mean)}
              y2={toY(mean)}
            />
          )}
          {points.map(({ base, x, y, isRejected }) =>
            isRejected ? (
              <path
                key={base}
                className={classes.cross}
                transform={`translate(${toX(x)} ${toY(y)})`}
                d="M-3 -3 L3 3 M-3 3 L3 -3"
              />
            ) : (
              <circle key={base} className={classes.targetPoint} cx={toX(x)} cy={toY(y)} r={RADIUS} />
            ),
          )}
          {points
            .filter(({ base }) => base === props.chosen)
            .map(({ base, x, y }) => (
              <circle
                key={base}
                className={classes.ring}
                data-chosen
                cx={toX(x)}
                cy={toY(y)}
                r={RADIUS + 4}
              />
            ))}
        </svg>
      </div>
      <p className={`muted ${classes.basis}`}>{gridWords.targetHelp}</p>
    </section>
  );
}
