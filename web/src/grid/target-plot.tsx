import { useElementSize } from '@mantine/hooks';
import { numberText } from '../data/format.ts';
import grid from './grid.module.css';
import { valueText, valueWithUnit } from './grid-metrics.ts';
import marks from './marks.module.css';
import { meanAndSpread } from './mean-and-spread.ts';
import type { OpenSquare } from './open-square.ts';
import view from './square-view.module.css';
import { TargetAxes } from './target-axes.tsx';
import classes from './target-plot.module.css';
import {
  movieAt,
  TARGET_HEIGHT_PX,
  type TargetPoint,
  type TargetScale,
  targetScale,
} from './target-scale.ts';
import { gridWords } from './words.ts';

const POINT_RADIUS_PX = 3.5;
const RING_GAP_PX = 4;

/** Measured minus target defocus against target defocus, a point per movie. */
export function TargetPlot(props: {
  openSquare: OpenSquare;
  chosenBase: string | null;
  onChoose: (base: string) => void;
  onHover: (base: string | null) => void;
}) {
  const { ref, width } = useElementSize();
  const points = pointsOf(props.openSquare);
  const scale = targetScale(points, width);
  const { mean, sd } = meanAndSpread(points.map(({ y }) => y));
  const baseUnder = (event: React.MouseEvent): string | null => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    return movieAt(points, scale, { x: event.clientX - left, y: event.clientY - top });
  };
  const label = gridWords.targetAlt(points.length, valueWithUnit('defocusOffset', mean));
  return (
    <section className={`card ${view.panel}`} aria-label={gridWords.targetTitle}>
      <h3>{gridWords.targetTitle}</h3>
      {mean !== null && (
        <p className={classes.mean}>
          <b>{valueText('defocusOffset', mean)}</b>
          {sd !== null && ` ± ${numberText(sd, 2)}`} µm{' '}
          <span className="muted">{mean >= 0 ? gridWords.more : gridWords.less}</span>
        </p>
      )}
      <div ref={ref}>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: keys reach the same movies in the map and in the table */}
        <svg
          width={scale.width}
          height={TARGET_HEIGHT_PX}
          role="img"
          aria-label={label}
          className={classes.plot}
          onMouseMove={(event) => props.onHover(baseUnder(event))}
          onMouseLeave={() => props.onHover(null)}
          onClick={(event) => {
            const base = baseUnder(event);
            if (base !== null) props.onChoose(base);
          }}
        >
          <title>{label}</title>
          <TargetAxes scale={scale} />
          {mean !== null && (
            <line
              className={grid.meanLine}
              strokeDasharray="5 4"
              x1={scale.left}
              x2={scale.right}
              y1={scale.y(mean)}
              y2={scale.y(mean)}
            />
          )}
          <TargetPoints points={points} scale={scale} chosenBase={props.chosenBase} />
        </svg>
      </div>
      <p className={`muted ${grid.note}`}>{gridWords.targetHelp}</p>
    </section>
  );
}

/** Movies with a target and a measured defocus. */
function pointsOf({ holes, marks: markOfMovie }: OpenSquare): TargetPoint[] {
  const exposures = holes.holes.flatMap((hole) => hole.exposures);
  return exposures.flatMap(({ base, targetDefocusUm }) => {
    const { offsetUm = null, isRejected = false } = markOfMovie.get(base) ?? {};
    if (offsetUm === null || targetDefocusUm === null) return [];
    return [{ base, x: targetDefocusUm, y: offsetUm, isRejected }];
  });
}

/** A disk per movie, a cross if it is rejected, and a ring around the chosen one. */
function TargetPoints(props: {
  points: readonly TargetPoint[];
  scale: TargetScale;
  chosenBase: string | null;
}) {
  const { points, scale } = props;
  const chosen = points.find(({ base }) => base === props.chosenBase);
  return (
    <>
      {points.map(({ base, x, y, isRejected }) =>
        isRejected ? (
          <path
            key={base}
            className={marks.cross}
            transform={`translate(${scale.x(x)} ${scale.y(y)})`}
            d="M-3 -3 L3 3 M-3 3 L3 -3"
          />
        ) : (
          <circle key={base} className={classes.point} cx={scale.x(x)} cy={scale.y(y)} r={POINT_RADIUS_PX} />
        ),
      )}
      {chosen && (
        <circle
          className={marks.ring}
          data-chosen
          cx={scale.x(chosen.x)}
          cy={scale.y(chosen.y)}
          r={POINT_RADIUS_PX + RING_GAP_PX}
        />
      )}
    </>
  );
}
