import { type Range, toValue } from './axis.ts';
import type { PlotArea, PointsScene } from './points-view.ts';

/** A position in a plot, px from its upper left corner. */
export interface PlotPoint {
  readonly x: number;
  readonly y: number;
}

/** Area covered by a drag, px. */
export interface DragRectangle {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

const clamp = (value: number, maximum: number) => Math.min(maximum, Math.max(0, value));

/** @param isFullHeight - the drag selects a range of x only */
export const dragRectangle = (
  start: PlotPoint,
  end: PlotPoint,
  { width, height }: PlotArea,
  isFullHeight: boolean,
): DragRectangle => ({
  x0: clamp(Math.min(start.x, end.x), width),
  x1: clamp(Math.max(start.x, end.x), width),
  y0: isFullHeight ? 0 : clamp(Math.min(start.y, end.y), height),
  y1: isFullHeight ? height : clamp(Math.max(start.y, end.y), height),
});

/** Ranges of x and y in a rectangle, in the units of the axes. */
export function rangesIn(
  { x0, y0, x1, y1 }: DragRectangle,
  scene: Pick<PointsScene, 'x' | 'y'>,
  { width, height }: PlotArea,
): [x: Range, y: Range] {
  return [
    [toValue(x0, scene.x, width), toValue(x1, scene.x, width)],
    [toValue(height - y1, scene.y, height), toValue(height - y0, scene.y, height)],
  ];
}

/** A range moved by a drag of `pixels` along an axis of `length` pixels. */
export const panRange = ([low, high]: Range, pixels: number, length: number): Range => {
  const offset = (-pixels / length) * (high - low);
  return [low + offset, high + offset];
};
