import type { Shift } from './align-tasks.ts';

/**
 * Smooths a trajectory whose points have measurement errors: a stage drifts, it does not jitter from frame to
 * frame.
 */

/** Trajectories with fewer points are not smoothed. */
const MIN_POINTS = 8;
/** Smoothing strengths that are tried: factors of the squared second differences of neighbouring points. */
const STRENGTHS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];
/**
 * Number of points within which fast motion at the start falls to 1/e; null: the curvature is uniform. The
 * ice settles during the first few electrons, and the curvature of this motion decays in the same way:
 * a smoothing strength that suits the rest would flatten the start.
 */
const SETTLING_POINTS = [null, 1.5, 3, 6, 12] as const;
/** Ratio of the squared curvature of the rest to that of the start. */
const LATE_CURVATURE_RATIO = 1e-3;

/**
 * Trajectory t that minimises |t - s|^2 + strength * (sum of squared second differences of t, reduced at a
 * fast start). The strength, common to both axes, and the length of the start are those of the smallest
 * expected error, which Mallows' C_p estimates from the misfit and the known variance: real jitter, which is
 * larger than the variance, is preserved.
 * @param variance - of each coordinate, pixels squared
 */
export function smoothTrajectory(trajectory: readonly Shift[], variance: number): Shift[] {
  const n = trajectory.length;
  let bestTrajectory: Shift[] = [...trajectory];
  if (n < MIN_POINTS) return bestTrajectory;
  let bestScore = 4 * variance * n;
  for (const { hat, trace } of smoothersOf(n)) {
    const smoothed = hat.map((row): Shift => {
      let [x, y] = [0, 0];
      for (let k = 0; k < n; k++) {
        x += row[k]! * trajectory[k]![0];
        y += row[k]! * trajectory[k]![1];
      }
      return [x, y];
    });
    const misfit = smoothed.reduce(
      (sum, [x, y], i) => sum + (x - trajectory[i]![0]) ** 2 + (y - trajectory[i]![1]) ** 2,
      0,
    );
    const score = misfit + 4 * variance * trace;
    if (score < bestScore) {
      bestScore = score;
      bestTrajectory = smoothed;
    }
  }
  return bestTrajectory;
}

interface Smoother {
  /** Row i: weights of the points in the smoothed point i. */
  readonly hat: readonly Float64Array[];
  readonly trace: number;
}

/** Matrices of the last length: the trajectories of all patches of a movie have the same length. */
let cache: { readonly length: number; readonly smoothers: readonly Smoother[] } | null = null;

function smoothersOf(length: number): readonly Smoother[] {
  if (cache?.length !== length) {
    const smoothers = SETTLING_POINTS.flatMap((settlingPoints) =>
      STRENGTHS.map((strength): Smoother => {
        const hat = smootherMatrix(length, strength, settlingPoints);
        return { hat, trace: hat.reduce((sum, row, i) => sum + row[i]!, 0) };
      }),
    );
    cache = { length, smoothers };
  }
  return cache.smoothers;
}

/** Inverse of 1 + strength D'WD, D the second difference, W the weights of the differences. */
function smootherMatrix(n: number, strength: number, settlingPoints: number | null): Float64Array[] {
  const matrix = Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(2 * n);
    row[i] = 1;
    row[n + i] = 1;
    return row;
  });
  const difference = [1, -2, 1];
  for (let k = 0; k + 2 < n; k++) {
    const weight =
      settlingPoints === null
        ? strength
        : (strength * LATE_CURVATURE_RATIO) / (LATE_CURVATURE_RATIO + Math.exp((-2 * k) / settlingPoints));
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        const row = matrix[k + a]!;
        row[k + b] = row[k + b]! + weight * difference[a]! * difference[b]!;
      }
    }
  }
  invert(matrix);
  return matrix.map((row) => row.slice(n));
}

/**
 * Transforms [A | 1] into [1 | inverse of A] by Gauss-Jordan; A is positive definite, so that no pivot is
 * zero.
 */
function invert(matrix: readonly Float64Array[]): void {
  const n = matrix.length;
  for (let k = 0; k < n; k++) {
    const pivot = matrix[k]!;
    const scale = 1 / pivot[k]!;
    for (let j = 0; j < 2 * n; j++) pivot[j] = pivot[j]! * scale;
    for (let i = 0; i < n; i++) {
      const row = matrix[i]!;
      const factor = row[k]!;
      if (i === k || factor === 0) continue;
      for (let j = k; j < 2 * n; j++) row[j] = row[j]! - factor * pivot[j]!;
    }
  }
}
