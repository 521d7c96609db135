import type { Motion } from '../../../src/contract/record.ts';
import classes from './drift.module.css';
import type { DriftScale } from './drift-scale.ts';
import { driftWords } from './words.ts';

/** Half of the width of a frame's label, px. */
const LABEL_PX = 30;
const RING_PX = 7;
const POINT_PX = { plain: 3, hovered: 5 } as const;
/** The label of the first frame is placed opposite to the direction of the motion over this many frames. */
const DIRECTION_FRAMES = 3;

/**
 * Colours of the frames, from the first to the last. Their order is visible with any kind of colour vision
 * (stops of cividis, Nuñez et al. 2018).
 */
const CIVIDIS = ['#2f4b8f', '#575c6d', '#8a8678', '#b9ab5f', '#e8cf3f'] as const;

/** @param fraction - 0 for the first frame, 1 for the last */
const colorAt = (fraction: number): string => {
  const position = fraction * (CIVIDIS.length - 1);
  const index = Math.min(CIVIDIS.length - 2, Math.floor(position));
  return `color-mix(in oklab, ${CIVIDIS[index + 1]} ${Math.round((position - index) * 100)}%, ${CIVIDIS[index]})`;
};

/** Points of the frames, joined by lines. */
export function DriftPath(props: {
  shiftsA: Motion['shiftsA'];
  scale: DriftScale;
  hovered: number | null;
  onHover: (index: number) => void;
}) {
  const { shiftsA, scale, hovered } = props;
  const last = shiftsA.length - 1;
  return (
    <>
      {shiftsA.slice(1).map(([x, y], i) => {
        const [fromX, fromY] = shiftsA[i] ?? [x, y];
        return (
          <line
            // biome-ignore lint/suspicious/noArrayIndexKey: a frame is identified by its index
            key={i}
            x1={scale.x(fromX)}
            y1={scale.y(fromY)}
            x2={scale.x(x)}
            y2={scale.y(y)}
            stroke={colorAt(i / Math.max(1, last - 1))}
            strokeWidth={2}
            strokeLinecap="round"
          />
        );
      })}
      {shiftsA.map(([x, y], i) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: a read-out for the pointer only
        <circle
          // biome-ignore lint/suspicious/noArrayIndexKey: a frame is identified by its index
          key={i}
          cx={scale.x(x)}
          cy={scale.y(y)}
          r={hovered === i ? POINT_PX.hovered : POINT_PX.plain}
          fill={colorAt(i / Math.max(1, last))}
          className={classes.point}
          onMouseEnter={() => props.onHover(i)}
        />
      ))}
    </>
  );
}

/** The first frame, with a ring and a label, and the last frame, with a label. */
export function DriftEnds({ motion, scale }: { motion: Motion; scale: DriftScale }) {
  const { shiftsA, firstFrame } = motion;
  const [first, last] = [shiftsA.at(0), shiftsA.at(-1)];
  if (first === undefined || last === undefined) return null;
  const [x, y] = [scale.x(first[0]), scale.y(first[1])];
  const laterShift = shiftsA[Math.min(DIRECTION_FRAMES, shiftsA.length - 1)] ?? first;
  return (
    <>
      <circle cx={x} cy={y} r={RING_PX} className={classes.ring} />
      <text
        x={x}
        y={y + (laterShift[1] < first[1] ? -12 : 22)}
        className={classes.mark}
        textAnchor={anchorAt(x, scale)}
      >
        {driftWords.frame(firstFrame)}
      </text>
      {shiftsA.length > 1 && (
        <text x={scale.x(last[0]) + 8} y={scale.y(last[1]) + 4} className={classes.mark}>
          {driftWords.lastFrame(firstFrame + shiftsA.length - 1)}
        </text>
      )}
    </>
  );
}

/** Keeps a label near an edge within the plot. */
function anchorAt(x: number, { left, right }: DriftScale): 'start' | 'middle' | 'end' {
  if (x < left + LABEL_PX) return 'start';
  return x > right - LABEL_PX ? 'end' : 'middle';
}
