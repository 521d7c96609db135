import { niceTicks } from '../data/statistics.ts';
import classes from './target-plot.module.css';
import { TARGET_HEIGHT_PX, type TargetScale } from './target-scale.ts';
import { gridWords } from './words.ts';

const TICKS_X = 5;
const TICKS_Y = 4;

/** Grid lines, ticks and names of the axes of the plot of measured against target defocus. */
export function TargetAxes({ scale }: { scale: TargetScale }) {
  const { left, right, top, bottom, low, high, maxOffset } = scale;
  return (
    <>
      {niceTicks(-maxOffset, maxOffset, TICKS_Y).map((tick) => (
        <g key={tick}>
          <line
            className={tick === 0 ? classes.zero : classes.gridLine}
            x1={left}
            x2={right}
            y1={scale.y(tick)}
            y2={scale.y(tick)}
          />
          <text x={left - 6} y={scale.y(tick)} className={classes.tickY}>
            {tick > 0 ? `+${tick}` : tick}
          </text>
        </g>
      ))}
      {niceTicks(low, high, TICKS_X).map((tick) => (
        <text key={tick} x={scale.x(tick)} y={bottom + 14} className={classes.tickX}>
          {tick}
        </text>
      ))}
      <text x={(left + right) / 2} y={TARGET_HEIGHT_PX - 4} className={classes.tickX}>
        {gridWords.targetAxis}
      </text>
      <text transform={`translate(11 ${(top + bottom) / 2}) rotate(-90)`} className={classes.tickX}>
        {gridWords.differenceAxis}
      </text>
    </>
  );
}
