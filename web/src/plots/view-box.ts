/** Converts micrometres, y upwards, to pixels of an image, y downwards, with the same scale in x and y. */
export interface ViewBox {
  readonly width: number;
  readonly height: number;
  readonly pxPerUnit: number;
  x(value: number): number;
  y(value: number): number;
}

/**
 * Fits points into a view of this width.
 * @param margin - around the outermost points, in their unit
 * @param heights - minimum and maximum height, px
 * @param maxPxPerUnit - so that a few points close together are not enlarged too much
 */
export function fitPoints(
  points: readonly { readonly x: number; readonly y: number }[],
  width: number,
  margin: number,
  heights: readonly [number, number],
  maxPxPerUnit: number,
): ViewBox {
  const xs = points.map(({ x }) => x);
  const ys = points.map(({ y }) => y);
  const [left, right] = [Math.min(...xs) - margin, Math.max(...xs) + margin];
  const [bottom, top] = [Math.min(...ys) - margin, Math.max(...ys) + margin];
  const pxPerUnit = Math.min(width / (right - left), heights[1] / (top - bottom), maxPxPerUnit);
  const height = Math.max(heights[0], Math.ceil((top - bottom) * pxPerUnit));
  const center = { x: (left + right) / 2, y: (bottom + top) / 2 };
  return {
    width,
    height,
    pxPerUnit,
    x: (value) => width / 2 + (value - center.x) * pxPerUnit,
    y: (value) => height / 2 - (value - center.y) * pxPerUnit,
  };
}

/** Index of the nearest point in a direction (x to the right, y downwards); -1 if there is none. */
export function neighbour(
  points: readonly { readonly x: number; readonly y: number }[],
  start: number,
  [dx, dy]: readonly [number, number],
): number {
  const origin = points[start];
  if (origin === undefined) return points.length > 0 ? 0 : -1;
  let nearest = -1;
  let minCost = Number.POSITIVE_INFINITY;
  for (const [i, point] of points.entries()) {
    const along = (point.x - origin.x) * dx + (point.y - origin.y) * dy;
    const across = Math.abs((point.x - origin.x) * dy - (point.y - origin.y) * dx);
    // Within 45 degrees of the direction; points straight ahead are preferred to points to the side.
    if (i === start || along <= 0 || across > along) continue;
    const cost = along + 2 * across;
    if (cost < minCost) [nearest, minCost] = [i, cost];
  }
  return nearest;
}
