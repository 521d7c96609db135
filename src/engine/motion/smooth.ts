import type { Shift } from './align-tasks.ts';

/** Smooths a path whose points have been measured with noise: a stage drifts, it does not jitter from frame to frame. */

/** Fewer points than this are left as they are. */
const FEWEST_POINTS = 8;
/** Strengths that are tried; the curvature of a path is that of neighbouring points. */
const STRENGTHS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000];
/**
 * Path t that minimises |t - s|^2 + strength * (sum of squared second differences of t). The strength, one for both axes, is that
 * of the least expected error, as Mallows' C_p estimates it from the misfit and the known variance: real jitter, which is larger
 * than the variance, keeps the path as it is.
 * @param variance - of each coordinate, pixels squared
 */
export function smoothPath(path: readonly Shift[], variance: number): Shift[] {
  const n = path.length;
  let best: Shift[] = [...path];
  if (n < FEWEST_POINTS) return best;
  let bestScore = 4 * variance * n;
  for (const strength of STRENGTHS) {
    const hat = smoother(n, strength);
    const trace = hat.reduce((sum, row, i) => sum + row[i]!, 0);
    const smoothed = hat.map(
      (row) =>
        [
          row.reduce((sum, w, k) => sum + w * path[k]![0], 0),
          row.reduce((sum, w, k) => sum + w * path[k]![1], 0),
        ] as const,
    );
    const misfit = smoothed.reduce(
      (sum, [x, y], i) => sum + (x - path[i]![0]) ** 2 + (y - path[i]![1]) ** 2,
      0,
    );
    const score = misfit + 4 * variance * trace;
    if (score < bestScore) {
      bestScore = score;
      best = smoothed;
    }
  }
  return best;
}

/** Inverse of 1 + strength D'D, D the second difference: row i says how the points make up the smoothed point i. */
function smoother(n: number, strength: number): Float64Array[] {
  const matrix = Array.from({ length: n }, (_, i) => {
    const row = new Float64Array(2 * n);
    row[i] = 1;
    row[n + i] = 1;
    return row;
  });
  const difference = [1, -2, 1];
  for (let k = 0; k + 2 < n; k++) {
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        const row = matrix[k + a]!;
        row[k + b] = row[k + b]! + strength * difference[a]! * difference[b]!;
      }
    }
  }
  // Gauss-Jordan; the matrix is positive definite, so no pivot vanishes
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
  return matrix.map((row) => row.subarray(n));
}
