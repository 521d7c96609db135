/** The part of the plane that is visible in a box, with the same scale for both axes. */
export interface PlaneView {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly pixelsPerUnit: number;
}

/** Margin on each side, as a fraction of the extent of the points. */
const PADDING = 0.12;
/**
 * A path shorter than this (Angstrom) is not enlarged to fill the box: that would look like strong motion.
 */
const MIN_EXTENT = 1;

/** Fits points into a box of `width` x `height` pixels with equal aspect, centred. */
export function fitEqualAspect(
  points: readonly (readonly [number, number])[],
  width: number,
  height: number,
): PlaneView {
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  const [left, right] = points.length === 0 ? [0, 0] : [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = points.length === 0 ? [0, 0] : [Math.min(...ys), Math.max(...ys)];
  const extentX = Math.max(right - left, MIN_EXTENT) * (1 + 2 * PADDING);
  const extentY = Math.max(bottom - top, MIN_EXTENT) * (1 + 2 * PADDING);
  const pixelsPerUnit = Math.min(width / extentX, height / extentY);
  const halfWidth = width / pixelsPerUnit / 2;
  const halfHeight = height / pixelsPerUnit / 2;
  const centerX = (left + right) / 2;
  const centerY = (top + bottom) / 2;
  return {
    x0: centerX - halfWidth,
    x1: centerX + halfWidth,
    y0: centerY - halfHeight,
    y1: centerY + halfHeight,
    pixelsPerUnit,
  };
}
