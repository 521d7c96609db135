import { useElementSize } from '@mantine/hooks';
import { useState } from 'react';
import type { Motion } from '../../../src/contract/record.ts';
import { fixed } from '../data/format.ts';
import { niceTicks } from '../data/statistics.ts';
import classes from './drift.module.css';
import { equalAspect } from './drift.ts';
import plots from './plots.module.css';
import { driftWords } from './words.ts';

const HEIGHT_PX = 300;
/** Half of what the name of a frame takes. */
const NAME_PX = 30;
const MARGIN = { left: 58, right: 16, top: 14, bottom: 42 };

/** Colours from first frame to last, ordered for every kind of colour vision (stops of cividis, Nuñez et al. 2018). */
const CIVIDIS = ['#2f4b8f', '#575c6d', '#8a8678', '#b9ab5f', '#e8cf3f'];
const colorAt = (t: number) => {
  const at = t * (CIVIDIS.length - 1);
  const low = Math.min(CIVIDIS.length - 2, Math.floor(at));
  return `color-mix(in oklab, ${CIVIDIS[low + 1]} ${Math.round((at - low) * 100)}%, ${CIVIDIS[low]})`;
};

/** Path of the content over the frames: one unit long in x is one unit long in y, which grows upwards as in the pictures; first frame ringed, last one named. */
export function DriftPlot({ motion }: { motion: Motion }) {
  const { ref, width } = useElementSize();
  const [under, setUnder] = useState<number | null>(null);
  const points = motion.shiftsA;
  const inner = {
    width: Math.max(50, width - MARGIN.left - MARGIN.right),
    height: HEIGHT_PX - MARGIN.top - MARGIN.bottom,
  };
  const view = equalAspect(points, inner.width, inner.height);
  const x = (v: number) => MARGIN.left + (v - view.x0) * view.pixelsPerUnit;
  const y = (v: number) => MARGIN.top + (view.y1 - v) * view.pixelsPerUnit;
  const frame = (i: number) => motion.firstFrame + i;
  const last = points.length - 1;
  const total = fixed(motion.totalA, 1, 'Å');
  const first = points[0];
  // The name of the first frame stands on the side that the path leaves.
  const goesDown = (points[Math.min(3, last)]?.[1] ?? 0) < (first?.[1] ?? 0);
  const endOf = (px: number) =>
    px < MARGIN.left + NAME_PX ? 'start' : px > MARGIN.left + inner.width - NAME_PX ? 'end' : 'middle';
  return (
    <figure className={`card ${plots.figure}`}>
      <figcaption className={plots.caption}>
        <span className={plots.title}>{driftWords.title}</span>
        <span className={plots.readout}>
          {under === null ? (
            <span className="muted">{driftWords.help(motion.referenceFrame)}</span>
          ) : (
            <span>
              <b>{driftWords.firstFrame(frame(under))}</b>{' '}
              {`x ${fixed(points[under]?.[0], 2)}, y ${fixed(points[under]?.[1], 2, 'Å')}`}
            </span>
          )}
        </span>
      </figcaption>
      <div ref={ref}>
        <svg
          width={Math.max(1, width)}
          height={HEIGHT_PX}
          role="img"
          aria-label={driftWords.alt(motion.firstFrame, motion.lastFrame, total)}
          className={classes.svg}
          onMouseLeave={() => setUnder(null)}
        >
          <title>{driftWords.alt(motion.firstFrame, motion.lastFrame, total)}</title>
          {niceTicks(view.x0, view.x1, inner.width / 70).map((t) => (
            <g key={`x${t}`}>
              <line
                x1={x(t)}
                x2={x(t)}
                y1={MARGIN.top}
                y2={MARGIN.top + inner.height}
                className={classes.grid}
              />
              <text x={x(t)} y={HEIGHT_PX - MARGIN.bottom + 15} textAnchor="middle">
                {t}
              </text>
            </g>
          ))}
          {niceTicks(view.y0, view.y1, inner.height / 45).map((t) => (
            <g key={`y${t}`}>
              <line
                x1={MARGIN.left}
                x2={MARGIN.left + inner.width}
                y1={y(t)}
                y2={y(t)}
                className={classes.grid}
              />
              <text x={MARGIN.left - 6} y={y(t) + 4} textAnchor="end">
                {t}
              </text>
            </g>
          ))}
          <text x={MARGIN.left + inner.width / 2} y={HEIGHT_PX - 8} textAnchor="middle">
            x (Å)
          </text>
          <text transform={`translate(14 ${MARGIN.top + inner.height / 2}) rotate(-90)`} textAnchor="middle">
            y (Å)
          </text>
          {points.slice(1).map((point, i) => (
            <line
              // biome-ignore lint/suspicious/noArrayIndexKey: a frame is its index
              key={i}
              x1={x(points[i]![0])}
              y1={y(points[i]![1])}
              x2={x(point[0])}
              y2={y(point[1])}
              stroke={colorAt(i / Math.max(1, last - 1))}
              strokeWidth={2}
              strokeLinecap="round"
            />
          ))}
          {points.map((point, i) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: a read-out for the pointer; the same figures stand in the record
            <circle
              // biome-ignore lint/suspicious/noArrayIndexKey: a frame is its index
              key={i}
              cx={x(point[0])}
              cy={y(point[1])}
              r={under === i ? 5 : 3}
              fill={colorAt(i / Math.max(1, last))}
              className={classes.point}
              onMouseEnter={() => setUnder(i)}
            />
          ))}
          {first && (
            <g>
              <circle cx={x(first[0])} cy={y(first[1])} r={7} className={classes.ring} />
              <text
                x={x(first[0])}
                y={y(first[1]) + (goesDown ? -12 : 22)}
                className={classes.mark}
                textAnchor={endOf(x(first[0]))}
              >
                {driftWords.firstFrame(frame(0))}
              </text>
            </g>
          )}
          {last > 0 && (
            <text x={x(points[last]![0]) + 8} y={y(points[last]![1]) + 4} className={classes.mark}>
              {driftWords.lastFrame(frame(last))}
            </text>
          )}
        </svg>
      </div>
    </figure>
  );
}
