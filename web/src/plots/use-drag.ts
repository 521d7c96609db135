import { type PointerEvent as ReactPointerEvent, useRef } from 'react';
import { type Range, toValue, zoomed } from './axis.ts';
import type { DragRectangle } from './overlay.ts';
import { type Finger, type Grip, gripOf, pinched } from './pinch.ts';
import type { DragMode, PlotGroup } from './plot-group.ts';
import type { PlotBox, PointsScene } from './points-view.ts';

/** A drag shorter than this is a click. */
const CLICK_PX = 4;
const WHEEL_STEP = 1.0015;

interface DragTarget {
  readonly mode: DragMode;
  readonly group: PlotGroup;
  /** Zoom and pan along y too. */
  readonly isPlane: boolean;
  scene(): PointsScene;
  place(): PlotBox;
  onDrag(rectangle: DragRectangle | null): void;
  onBrush(x: Range, y: Range): void;
  onClick(): void;
  onHover(x: number, y: number): void;
}

interface Start {
  readonly x: number;
  readonly y: number;
  readonly rangeX: Range;
  readonly rangeY: Range;
  readonly mode: DragMode;
  moved: boolean;
}

/** Two fingers on the plot, and what was in sight when the second came. */
interface Pinch {
  readonly grip: Grip;
  readonly rangeX: Range;
  readonly rangeY: Range;
}

const shifted = ([low, high]: Range, by: number): Range => [low + by, high + by];
const clamp = (value: number, most: number) => Math.min(most, Math.max(0, value));

/**
 * Pointer, fingers and wheel over a plot: brush, zoom, pan (also with Shift or the middle button), choose, hover. Two fingers zoom
 * and pan in every mode; what the first had begun is dropped, and the one that stays begins nothing.
 */
export function useDrag(target: DragTarget) {
  const start = useRef<Start | null>(null);
  const fingers = useRef(new Map<number, Finger>());
  const pinch = useRef<Pinch | null>(null);
  const at = (event: { clientX: number; clientY: number; currentTarget: Element }) => {
    const { left, top } = event.currentTarget.getBoundingClientRect();
    const place = target.place();
    return { x: event.clientX - left - place.left, y: event.clientY - top - place.top };
  };
  const rectangle = (from: Start, to: { x: number; y: number }): DragRectangle => {
    const place = target.place();
    const whole = !target.isPlane && from.mode === 'zoom';
    return {
      x0: clamp(Math.min(from.x, to.x), place.width),
      x1: clamp(Math.max(from.x, to.x), place.width),
      y0: whole ? 0 : clamp(Math.min(from.y, to.y), place.height),
      y1: whole ? place.height : clamp(Math.max(from.y, to.y), place.height),
    };
  };
  const rangesOf = ({ x0, x1, y0, y1 }: DragRectangle): [Range, Range] => {
    const { scene, place } = { scene: target.scene(), place: target.place() };
    const value = (pixel: number) => toValue(place.height - pixel, scene.y, place.height);
    return [
      [toValue(x0, scene.x, place.width), toValue(x1, scene.x, place.width)],
      [value(y1), value(y0)],
    ];
  };
  const gripNow = (): Grip | null => {
    const [a, b] = [...fingers.current.values()];
    return a === undefined || b === undefined ? null : gripOf(a, b);
  };
  const followPinch = ({ grip, rangeX, rangeY }: Pinch, now: Grip) => {
    const { group, isPlane } = target;
    const { width, height } = target.place();
    const factor = grip.apart / now.apart;
    group.zoomX.set(pinched(rangeX, grip.x, now.x, factor, width));
    if (isPlane) group.zoomY.set(pinched(rangeY, height - grip.y, height - now.y, factor, height));
  };
  /** Whether the pointer was one of a pinch. */
  const lift = (event: ReactPointerEvent): boolean => {
    const wasFinger = fingers.current.delete(event.pointerId);
    const wasPinch = pinch.current !== null;
    if (fingers.current.size === 0) pinch.current = null;
    return wasFinger && wasPinch;
  };
  return {
    onPointerDown(event: ReactPointerEvent) {
      if (event.button > 1) return;
      const { x, y } = at(event);
      const scene = target.scene();
      if (event.pointerType === 'touch') {
        fingers.current.set(event.pointerId, { x, y });
        const grip = gripNow();
        if (grip !== null) {
          start.current = null;
          target.onDrag(null);
          pinch.current ??= { grip, rangeX: scene.x, rangeY: scene.y };
          event.currentTarget.setPointerCapture(event.pointerId);
          return;
        }
      }
      const mode = event.shiftKey || event.button === 1 ? 'pan' : target.mode;
      start.current = { x, y, rangeX: scene.x, rangeY: scene.y, mode, moved: false };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: ReactPointerEvent) {
      const now = at(event);
      if (fingers.current.has(event.pointerId)) {
        fingers.current.set(event.pointerId, now);
        const grip = gripNow();
        if (pinch.current !== null) {
          if (grip !== null) followPinch(pinch.current, grip);
          return;
        }
      }
      const from = start.current;
      if (from === null) {
        target.onHover(now.x, now.y);
        return;
      }
      from.moved ||= Math.hypot(now.x - from.x, now.y - from.y) >= CLICK_PX;
      if (!from.moved) return;
      if (from.mode !== 'pan') {
        target.onDrag(rectangle(from, now));
        return;
      }
      const place = target.place();
      const wide = from.rangeX[1] - from.rangeX[0];
      target.group.zoomX.set(shifted(from.rangeX, (-(now.x - from.x) / place.width) * wide));
      if (!target.isPlane) return;
      const high = from.rangeY[1] - from.rangeY[0];
      target.group.zoomY.set(shifted(from.rangeY, ((now.y - from.y) / place.height) * high));
    },
    onPointerUp(event: ReactPointerEvent) {
      if (lift(event)) return;
      const from = start.current;
      start.current = null;
      target.onDrag(null);
      if (from === null) return;
      if (!from.moved) {
        // A finger that taps was nowhere before.
        target.onHover(from.x, from.y);
        target.onClick();
        return;
      }
      if (from.mode === 'pan') return;
      const [x, y] = rangesOf(rectangle(from, at(event)));
      if (from.mode === 'select') target.onBrush(x, y);
      else {
        target.group.zoomX.set(x);
        if (target.isPlane) target.group.zoomY.set(y);
      }
    },
    onPointerCancel(event: ReactPointerEvent) {
      lift(event);
      start.current = null;
      target.onDrag(null);
    },
    onPointerLeave() {
      if (start.current === null) target.group.hover.set(null);
    },
    onDoubleClick: () => target.group.showAll(),
    /** With Ctrl, which is also what a pinch on a trackpad sends: the wheel alone scrolls the page. */
    onWheel(event: WheelEvent & { currentTarget: Element }) {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { x, y } = at(event);
      const { scene, place } = { scene: target.scene(), place: target.place() };
      const factor = WHEEL_STEP ** event.deltaY;
      target.group.zoomX.set(zoomed(scene.x, toValue(x, scene.x, place.width), factor));
      if (target.isPlane)
        target.group.zoomY.set(zoomed(scene.y, toValue(place.height - y, scene.y, place.height), factor));
    },
  };
}
