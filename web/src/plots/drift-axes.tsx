import { niceTicks } from '../data/statistics.ts';
import classes from './drift.module.css';
import { DRIFT_HEIGHT_PX, type DriftScale } from './drift-scale.ts';

/** Approximate distance between ticks, px. */
const TICK_X_PX = 70;
const TICK_Y_PX = 45;

/** Grid lines, ticks and names of the axes of a drift plot. */
export function DriftAxes({ scale }: { scale: DriftScale }) {
  const { left, right, top, bottom, x0, x1, y0, y1 } = scale;
  return (
    <>
      {niceTicks(x0, x1, (right - left) / TICK_X_PX).map((tick) => (
        <g key={`x${tick}`}>
          <line x1={scale.x(tick)} x2={scale.x(tick)} y1={top} y2={bottom} className={classes.grid} />
          <text x={scale.x(tick)} y={bottom + 15} textAnchor="middle">
            {tick}
          </text>
        </g>
      ))}
      {niceTicks(y0, y1, (bottom - top) / TICK_Y_PX).map((tick) => (
        <g key={`y${tick}`}>
          <line x1={left} x2={right} y1={scale.y(tick)} y2={scale.y(tick)} className={classes.grid} />
          <text x={left - 6} y={scale.y(tick) + 4} textAnchor="end">
            {tick}
          </text>
        </g>
      ))}
      <text x={(left + right) / 2} y={DRIFT_HEIGHT_PX - 8} textAnchor="middle">
        x (Å)
      </text>
      <text transform={`translate(14 ${(top + bottom) / 2}) rotate(-90)`} textAnchor="middle">
        y (Å)
      </text>
    </>
  );
}
