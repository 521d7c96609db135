import type { RefObject } from 'react';
import classes from './deep-zoom.module.css';
import type { LocalArrows } from './local-motion.ts';
import { zoomWords } from './words.ts';

const HEAD_ID = 'head';

/** Paths of local motion over a micrograph. @param layer - moves with the micrograph */
export function MotionArrows(props: { arrows: LocalArrows['arrows']; layer: RefObject<SVGGElement | null> }) {
  const { arrows, layer } = props;
  const description = zoomWords.arrowsAlt(arrows.length);
  return (
    <svg className={classes.overlay} role="img" aria-label={description}>
      <title>{description}</title>
      <defs>
        <marker
          id={HEAD_ID}
          viewBox="0 0 8 8"
          refX="5"
          refY="4"
          markerWidth="5"
          markerHeight="5"
          orient="auto"
        >
          <path d="M0 0 L8 4 L0 8 z" className={classes.head} />
        </marker>
      </defs>
      <g ref={layer}>
        {arrows.map(({ path }) => {
          const points = path.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
          return (
            <g key={points}>
              <polyline points={points} className={classes.halo} />
              <polyline points={points} className={classes.arrow} markerEnd={`url(#${HEAD_ID})`} />
              <path d={`M${path[0]?.join(' ')} l0.001 0`} className={classes.start} />
            </g>
          );
        })}
      </g>
    </svg>
  );
}
