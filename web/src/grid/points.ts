/** Arithmetic of points in a plane. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const add = (a: Point, b: Point): Point => ({ x: a.x + b.x, y: a.y + b.y });
export const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

/** Null if there is no point. */
export function meanPoint(points: readonly Point[]): Point | null {
  if (points.length === 0) return null;
  const sum = points.reduce(add, { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}

/** Median over the points of the distance to the nearest other point; null for fewer than two. */
export function typicalDistance(points: readonly Point[]): number | null {
  const nearestDistances = points.map((point, i) =>
    points.reduce(
      (min, other, k) => (k === i ? min : Math.min(min, distance(point, other))),
      Number.POSITIVE_INFINITY,
    ),
  );
  const distances = nearestDistances.filter((d) => Number.isFinite(d) && d > 0).sort((a, b) => a - b);
  return distances[distances.length >> 1] ?? null;
}

/**
 * One of `count` points evenly spaced on a circle, clockwise from the upper left. A single point is at
 * the centre.
 */
export function ringPoint(center: Point, radius: number, index: number, count: number): Point {
  if (count === 1) return center;
  const angle = (3 * Math.PI) / 4 - (2 * Math.PI * index) / count;
  return { x: center.x + radius * Math.cos(angle), y: center.y + radius * Math.sin(angle) };
}
