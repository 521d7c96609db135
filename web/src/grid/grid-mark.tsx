import { type ColorScale, colorOf } from './color-scale.ts';
import classes from './grid.module.css';
import type { GridMark } from './grid-marks.ts';

const WAITING = 0.5;
const CROSS = 0.85;

/** A movie on the grid: coloured by its figure, hollow without one, an X where rejected, a triangle where it failed. */
export function MarkShape(props: {
  x: number;
  y: number;
  radius: number;
  mark: GridMark;
  scale: ColorScale;
  isChosen?: boolean;
  isHovered?: boolean;
  /** Others are selected. */
  isFaded?: boolean;
}) {
  const { x, y, radius, mark } = props;
  const reach = CROSS * radius;
  return (
    <g transform={`translate(${x} ${y})`} className={props.isFaded ? classes.faded : undefined}>
      {(props.isChosen || props.isHovered) && (
        <circle r={radius + 4} className={classes.ring} data-chosen={props.isChosen === true} />
      )}
      {mark.kind === 'failed' ? (
        <path
          className={classes.shape}
          data-kind="failed"
          d={`M0 ${-radius} L${radius} ${0.75 * radius} L${-radius} ${0.75 * radius} Z`}
        />
      ) : (
        <circle
          className={classes.shape}
          data-kind={mark.kind}
          r={mark.kind === 'waiting' ? WAITING * radius : radius}
          style={mark.value === null ? undefined : { fill: colorOf(props.scale, mark.value) }}
        />
      )}
      {mark.isRejected &&
        [classes.crossUnder, classes.cross].map((name) => (
          <path
            key={name}
            className={name}
            d={`M${-reach} ${-reach} L${reach} ${reach} M${-reach} ${reach} L${reach} ${-reach}`}
          />
        ))}
    </g>
  );
}
