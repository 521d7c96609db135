import { type ColorScale, colorOf } from './color-scale.ts';
import classes from './marks.module.css';
import type { MovieMark } from './movie-mark.ts';

/** Radius of the mark of a waiting movie, as a fraction of the radius of other marks. */
const WAITING_RADIUS = 0.5;
/** Half of the width of the cross, as a fraction of the radius of a mark. */
const CROSS_REACH = 0.85;
/** Distance between a mark and the ring around it, px. */
const RING_GAP_PX = 4;

/**
 * The mark of a movie: a disk in the colour of its value, hollow without one; a cross if rejected; a triangle
 * if failed.
 */
export function MarkShape(props: {
  x: number;
  y: number;
  radius: number;
  mark: MovieMark;
  scale: ColorScale;
  isChosen?: boolean;
  isHovered?: boolean;
  /** Whether other movies are selected, but not this one. */
  isFaded?: boolean;
}) {
  const { x, y, radius, mark } = props;
  const reach = CROSS_REACH * radius;
  return (
    <g transform={`translate(${x} ${y})`} className={props.isFaded ? classes.faded : undefined}>
      {(props.isChosen || props.isHovered) && (
        <circle r={radius + RING_GAP_PX} className={classes.ring} data-chosen={props.isChosen === true} />
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
          r={mark.kind === 'waiting' ? WAITING_RADIUS * radius : radius}
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
