import { type PointerEvent as ReactPointerEvent, useRef } from 'react';
import { type Limit, withLimit } from '../data/criteria.ts';
import { metricText } from '../data/format.ts';
import { metricWords } from '../data/metric-words.ts';
import type { MetricKey } from '../data/metrics.ts';
import { useObservable } from '../state/observable.ts';
import type { SelectionModel } from '../state/selection-model.ts';
import { type Range, toPixel, toValue } from './axis.ts';
import classes from './plots.module.css';
import type { PlotArea } from './points-view.ts';
import { limitWords } from './words.ts';

/** A limit within this many pixels of the edge is removed. */
const EDGE_PX = 4;
const KEY_STEPS = 100;

type Side = 'low' | 'high';

/**
 * Two handles at the right edge of a plot: dragging them over the points sets the limits of the metric, and
 * so do the arrow keys.
 */
export function LimitHandles(props: {
  model: SelectionModel;
  metric: MetricKey;
  range: Range;
  area: PlotArea;
}) {
  const { model, metric, range, area } = props;
  const criteria = useObservable(model.criteria);
  const limit = criteria.limits[metric] ?? {};
  const draggedSide = useRef<Side | null>(null);
  const set = (side: Side, value: number | undefined) => {
    const { [side]: _, ...rest } = limit;
    const next: Limit = value === undefined ? rest : { ...rest, [side]: value };
    model.set(withLimit(model.criteria.get(), metric, next));
  };
  const move = (event: ReactPointerEvent<HTMLElement>, side: Side) => {
    if (draggedSide.current !== side) return;
    const { top = 0 } = event.currentTarget.parentElement?.getBoundingClientRect() ?? {};
    const pixel = event.clientY - top - area.top;
    const isAtEdge = side === 'high' ? pixel < EDGE_PX : pixel > area.height - EDGE_PX;
    set(side, isAtEdge ? undefined : clampToOther(toValue(area.height - pixel, range, area.height), side));
  };
  /** Keeps a limit from crossing the other one. */
  const clampToOther = (value: number, side: Side) =>
    side === 'high'
      ? Math.max(value, limit.low ?? Number.NEGATIVE_INFINITY)
      : Math.min(value, limit.high ?? Number.POSITIVE_INFINITY);
  const onKey = (event: React.KeyboardEvent, side: Side) => {
    const step = ((range[1] - range[0]) / KEY_STEPS) * (event.shiftKey ? 10 : 1);
    const current = limit[side] ?? (side === 'high' ? range[1] : range[0]);
    if (event.key === 'ArrowUp') set(side, clampToOther(current + step, side));
    else if (event.key === 'ArrowDown') set(side, clampToOther(current - step, side));
    else if (event.key === 'Delete' || event.key === 'Backspace') set(side, undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (['high', 'low'] as const).map((side) => {
    const value = limit[side];
    const restPosition = side === 'high' ? 0 : area.height;
    const position =
      value === undefined
        ? restPosition
        : Math.min(area.height, Math.max(0, area.height - toPixel(value, range, area.height)));
    const label = limitWords[side === 'high' ? 'upper' : 'lower'](metricWords[metric].label);
    return (
      <span
        key={side}
        className={classes.handle}
        data-side={side}
        data-set={value !== undefined}
        style={{ top: area.top + position, left: area.left + area.width }}
        role="slider"
        tabIndex={0}
        title={limitWords.handleHint}
        aria-label={label}
        aria-orientation="vertical"
        aria-valuemin={range[0]}
        aria-valuemax={range[1]}
        aria-valuenow={value ?? (side === 'high' ? range[1] : range[0])}
        aria-valuetext={value === undefined ? limitWords.noLimit : metricText(metric, value)}
        onPointerDown={(event) => {
          draggedSide.current = side;
          event.currentTarget.setPointerCapture(event.pointerId);
          event.stopPropagation();
        }}
        onPointerMove={(event) => move(event, side)}
        onPointerUp={() => {
          draggedSide.current = null;
        }}
        onDoubleClick={(event) => {
          event.stopPropagation();
          set(side, undefined);
        }}
        onKeyDown={(event) => onKey(event, side)}
      >
        {value === undefined ? '' : metricText(metric, value)}
      </span>
    );
  });
}
