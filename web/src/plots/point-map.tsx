import type { KeyboardEvent, PointerEvent, ReactNode } from 'react';
import { uiWords } from '../ui/words.ts';
import classes from './point-map.module.css';
import { scaleBar } from './scale-bar.ts';
import { neighbour, type ViewBox } from './view-box.ts';

/** A pointer within this distance selects a point, px. */
const REACH_PX = 22;
const MAX_BAR_PX = 140;
const ANGSTROM_PER_UM = 1e4;
const DIRECTIONS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

/**
 * Points on a plane that can be pointed at, chosen and opened, by pointer or keys. The caller draws them.
 */
export function PointMap(props: {
  label: string;
  /** Description of the chosen point for screen readers. */
  valueText: string;
  /** Positions in pixels of the box. */
  points: readonly { readonly x: number; readonly y: number }[];
  box: ViewBox;
  chosen: number | null;
  /** Whether lengths on the map are micrometres. */
  isScaled: boolean;
  onHover: (index: number | null) => void;
  onChoose: (index: number) => void;
  onOpen: (index: number) => void;
  /** Called on a click; without it, a click chooses the point. */
  onClick?: (index: number) => void;
  /** Actions of additional keys, by the name of the key. */
  keys?: Readonly<Record<string, () => void>>;
  children: ReactNode;
}) {
  const { points, box, chosen } = props;
  const nearestIndex = (event: PointerEvent | React.MouseEvent): number | null => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const [x, y] = [event.clientX - left, event.clientY - top];
    let [best, minDistance] = [-1, REACH_PX];
    for (const [i, point] of points.entries()) {
      const distance = Math.hypot(point.x - x, point.y - y);
      if (distance < minDistance) [best, minDistance] = [i, distance];
    }
    return best < 0 ? null : best;
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = DIRECTIONS[event.key];
    const next = direction
      ? neighbour(points, chosen ?? -1, direction)
      : firstOrLast(event.key, points.length);
    const action = next === null ? actionOf(event.key) : () => next >= 0 && props.onChoose(next);
    if (action === undefined) return;
    event.preventDefault();
    action();
  };
  const actionOf = (key: string) =>
    key === 'Enter' ? () => chosen !== null && props.onOpen(chosen) : props.keys?.[key.toLowerCase()];
  const bar = scaleBar(ANGSTROM_PER_UM / box.pxPerUnit, MAX_BAR_PX);
  return (
    <div
      className={classes.map}
      style={{ height: box.height }}
      role="slider"
      tabIndex={0}
      aria-label={props.label}
      aria-valuemin={0}
      aria-valuemax={points.length}
      aria-valuenow={chosen === null ? 0 : chosen + 1}
      aria-valuetext={props.valueText}
      onKeyDown={onKeyDown}
      onPointerMove={(event) => props.onHover(nearestIndex(event))}
      onPointerLeave={() => props.onHover(null)}
      onClick={(event) => {
        const index = nearestIndex(event);
        if (index !== null) (props.onClick ?? props.onChoose)(index);
      }}
      onDoubleClick={(event) => {
        const index = nearestIndex(event);
        if (index !== null) props.onOpen(index);
      }}
    >
      <svg width={box.width} height={box.height} aria-hidden>
        {props.children}
        {props.isScaled && (
          <g className={classes.bar} transform={`translate(12 ${box.height - 12})`}>
            <line x1={0} x2={bar.px} y1={0} y2={0} />
            <text x={bar.px / 2} y={-6}>
              {bar.label}
            </text>
            <title>{uiWords.scaleBarAlt(bar.label)}</title>
          </g>
        )}
      </svg>
    </div>
  );
}

/** Index of the first or last point for the keys Home and End; null for other keys. */
const firstOrLast = (key: string, points: number): number | null =>
  key === 'Home' ? Math.min(0, points - 1) : key === 'End' ? points - 1 : null;
