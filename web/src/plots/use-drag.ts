import { type PointerEvent as ReactPointerEvent, useState } from 'react';
import { type Range, toValue, zoomRange } from './axis.ts';
import { type DragRectangle, dragRectangle, type PlotPoint, panRange, rangesIn } from './drag-geometry.ts';
import { PinchTracker } from './pinch-tracker.ts';
import type { DragMode, PlotGroup } from './plot-group.ts';
import type { PlotArea, PointsScene } from './points-view.ts';

/** A drag shorter than this is a click. */
const MIN_DRAG_PX = 4;
/** Zoom per unit of the wheel. */
const WHEEL_STEP = 1.0015;
/** Of the mouse buttons, the left (0) and the middle one (1) are used. */
const MAX_BUTTON = 1;
const MIDDLE_BUTTON = 1;

interface DragTarget {
  readonly mode: DragMode;
  readonly group: PlotGroup;
  /** Whether y is zoomed and panned as well. */
  readonly canZoomY: boolean;
  scene(): PointsScene;
  area(): PlotArea;
  onDrag(rectangle: DragRectangle | null): void;
  onBrush(x: Range, y: Range): void;
  onClick(): void;
  onHover(x: number, y: number): void;
}

interface DragStart extends PlotPoint {
  readonly rangeX: Range;
  readonly rangeY: Range;
  readonly mode: DragMode;
}

/** State between events. */
class DragState {
  start: DragStart | null = null;
  /** Whether the pointer has left the position at which it was pressed. */
  hasMoved = false;
  readonly pinch = new PinchTracker();
}

/**
 * Pointer, fingers and wheel over a plot: brush, zoom, pan (with Shift or the middle button in every mode),
 * choose, hover. Two fingers zoom and pan in every mode: the second finger cancels the gesture of the first,
 * and a finger that remains does not start a new one.
 */
export function useDrag(target: DragTarget) {
  const [state] = useState(() => new DragState());
  const show = ({ x, y }: { readonly x: Range; readonly y: Range }) => {
    target.group.zoomX.set(x);
    if (target.canZoomY) target.group.zoomY.set(y);
  };
  const end = () => {
    state.start = null;
    target.onDrag(null);
  };
  const rectangle = (start: DragStart, point: PlotPoint) =>
    dragRectangle(start, point, target.area(), !target.canZoomY && start.mode === 'zoom');
  return {
    onPointerDown(event: ReactPointerEvent) {
      if (event.button > MAX_BUTTON) return;
      const point = positionOf(event, target.area());
      const { x, y } = target.scene();
      if (event.pointerType === 'touch' && state.pinch.add(event.pointerId, point, { x, y })) end();
      else {
        const mode = event.shiftKey || event.button === MIDDLE_BUTTON ? 'pan' : target.mode;
        state.start = { ...point, rangeX: x, rangeY: y, mode };
        state.hasMoved = false;
      }
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: ReactPointerEvent) {
      const area = target.area();
      const point = positionOf(event, area);
      const { start } = state;
      if (state.pinch.has(event.pointerId)) {
        const ranges = state.pinch.move(event.pointerId, point, area);
        if (ranges !== null) show(ranges);
        if (state.pinch.isPinching) return;
      }
      if (start === null) target.onHover(point.x, point.y);
      else if ((state.hasMoved ||= Math.hypot(point.x - start.x, point.y - start.y) >= MIN_DRAG_PX))
        dragTo(target, start, point, rectangle, show);
    },
    onPointerUp(event: ReactPointerEvent) {
      if (state.pinch.remove(event.pointerId)) return;
      const { start } = state;
      end();
      if (start === null) return;
      if (!state.hasMoved) {
        // A tap is not preceded by hovering.
        target.onHover(start.x, start.y);
        target.onClick();
        return;
      }
      const area = target.area();
      const [x, y] = rangesIn(rectangle(start, positionOf(event, area)), target.scene(), area);
      if (start.mode === 'select') target.onBrush(x, y);
      else if (start.mode === 'zoom') show({ x, y });
    },
    onPointerCancel(event: ReactPointerEvent) {
      state.pinch.remove(event.pointerId);
      end();
    },
    onPointerLeave() {
      if (state.start === null) target.group.hover.set(null);
    },
    onDoubleClick: () => target.group.showAll(),
    onWheel: (event: WheelEvent) => zoomByWheel(target, event, show),
  };
}

/** Position in the area of the points, px. */
function positionOf(
  event: { readonly clientX: number; readonly clientY: number; readonly currentTarget: EventTarget | null },
  area: PlotArea,
): PlotPoint {
  const { left, top } =
    event.currentTarget instanceof Element
      ? event.currentTarget.getBoundingClientRect()
      : { left: 0, top: 0 };
  return { x: event.clientX - left - area.left, y: event.clientY - top - area.top };
}

type ShowRanges = (ranges: { readonly x: Range; readonly y: Range }) => void;

function dragTo(
  target: DragTarget,
  start: DragStart,
  point: PlotPoint,
  rectangle: (start: DragStart, point: PlotPoint) => DragRectangle,
  show: ShowRanges,
): void {
  if (start.mode !== 'pan') {
    target.onDrag(rectangle(start, point));
    return;
  }
  const { width, height } = target.area();
  // y points upwards.
  show({
    x: panRange(start.rangeX, point.x - start.x, width),
    y: panRange(start.rangeY, start.y - point.y, height),
  });
}

/**
 * Zooms only with Ctrl or Cmd; otherwise the wheel scrolls the page. Browsers report a pinch on a trackpad as
 * a wheel event with Ctrl.
 */
function zoomByWheel(target: DragTarget, event: WheelEvent, show: ShowRanges): void {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  const area = target.area();
  const { x, y } = positionOf(event, area);
  const scene = target.scene();
  const factor = WHEEL_STEP ** event.deltaY;
  show({
    x: zoomRange(scene.x, toValue(x, scene.x, area.width), factor),
    y: zoomRange(scene.y, toValue(area.height - y, scene.y, area.height), factor),
  });
}
