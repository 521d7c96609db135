import { solveLeastSquares } from './least-squares.ts';

export interface PlanePoint {
  readonly x: number;
  readonly y: number;
  readonly value: number;
  /** Standard error of the value. */
  readonly error: number;
}

export interface Plane {
  readonly slopeX: number;
  readonly slopeY: number;
  /** Length of the slope divided by its error, which includes the scatter of the points around the plane. */
  readonly sigmas: number;
}

/**
 * A point is excluded if its distance from the plane exceeds this many standard errors and this many typical
 * distances.
 */
const OUTLIER_SIGMAS = 4.5;
const OUTLIER_RATIO = 3;
const MIN_POINTS = 4;
/** Ratio of standard deviation to median distance for a normal distribution. */
const SIGMA_OF_MEDIAN = 1.4826;

/**
 * Weighted plane through points; points that do not fit the plane are excluded one by one, the worst first.
 * Null if the points are on a line.
 */
export function fitPlane(points: readonly PlanePoint[]): Plane | null {
  const plane = planeOf(points);
  if (!plane || points.length <= MIN_POINTS) return plane;
  const distances = points.map((p) => Math.abs(plane.residual(p)) / p.error);
  const typicalDistance = SIGMA_OF_MEDIAN * (distances.toSorted((a, b) => a - b)[points.length >> 1] ?? 0);
  const worstIndex = distances.indexOf(Math.max(...distances));
  if ((distances[worstIndex] ?? 0) < Math.max(OUTLIER_SIGMAS, OUTLIER_RATIO * typicalDistance)) return plane;
  return fitPlane(points.filter((_, i) => i !== worstIndex));
}

function planeOf(points: readonly PlanePoint[]) {
  const weights = Float64Array.from(points, (p) => 1 / p.error ** 2);
  const total = weights.reduce((a, b) => a + b, 0);
  const mean = (select: (p: PlanePoint) => number) =>
    points.reduce((sum, p, i) => sum + weights[i]! * select(p), 0) / total;
  const [meanX, meanY, meanValue] = [mean((p) => p.x), mean((p) => p.y), mean((p) => p.value)];
  const xs = Float64Array.from(points, (p) => p.x - meanX);
  const ys = Float64Array.from(points, (p) => p.y - meanY);
  const values = Float64Array.from(points, (p) => p.value - meanValue);
  const product = (a: Float64Array, b: Float64Array) => a.reduce((s, v, i) => s + weights[i]! * v * b[i]!, 0);
  const [xx, xy, yy] = [product(xs, xs), product(xs, ys), product(ys, ys)];
  const determinant = xx * yy - xy * xy;
  if (!(determinant > 1e-6 * xx * yy)) return null;
  const [slopeX = 0, slopeY = 0] = solveLeastSquares([xs, ys], values, weights);
  const residual = (p: PlanePoint) => p.value - meanValue - slopeX * (p.x - meanX) - slopeY * (p.y - meanY);
  const chi2 = points.reduce((sum, p) => sum + (residual(p) / p.error) ** 2, 0);
  const scatter = Math.sqrt(Math.max(1, chi2 / Math.max(1, points.length - 3)));
  // Length of the slope in the metric of its covariance.
  const square = xx * slopeX ** 2 + 2 * xy * slopeX * slopeY + yy * slopeY ** 2;
  return { slopeX, slopeY, sigmas: Math.sqrt(square) / scatter, scatter, residual };
}
