import { COEFFICIENTS, type LocalModel, modelTerms } from './local-model.ts';

/** Fits the model of local motion to the trajectories of patches. */

/** Trajectory of one patch relative to the whole frame, up to a constant. */
export interface PatchTrajectory {
  /** Centre in fractions of the frame, -0.5 to 0.5. */
  readonly x: number;
  readonly y: number;
  /** Number of frames since the first used frame, and motion of the content, movie pixels. */
  readonly points: readonly { readonly z: number; readonly shift: readonly [number, number] }[];
}

export interface LocalFit {
  readonly model: LocalModel;
  /** Root mean square distance of the used points from the model, movie pixels. */
  readonly rmsPixels: number;
  readonly points: number;
  readonly outliers: number;
  /** Number of non-zero terms of the model along each axis. */
  readonly terms: number;
}

/** Tukey's biweight ignores points further away than this many standard deviations. */
const TUKEY_SIGMAS = 4.685;
const ROUNDS = 8;
/**
 * 1 / 1.1774: standard deviation per axis divided by the median length of a normally distributed 2D vector.
 */
const MEDIAN_TO_SIGMA = 1 / 1.1774;
/** Indices of the coefficients of the spatial terms 1, x, y. */
const LINEAR_TERMS = [0, 1, 2, 3, 4, 5, 9, 10, 11];
/** Nested models: linear in time and space, curved in time, curved in both. */
const MODELS = [
  LINEAR_TERMS.filter((i) => i % 3 === 0),
  LINEAR_TERMS,
  Array.from({ length: COEFFICIENTS }, (_, i) => i),
] as const;
/**
 * A term is kept if it reduces the sum of squares by this multiple of the reduction by noise alone: 2 would
 * be Mallows' C_p for independent noise. Patches overlap and share references, so that noise explains two to
 * four times as much (`npm run bench -- accuracy` on movies without local motion), and a model that is too
 * simple has a smaller error than one that follows the noise towards the corners.
 */
const PENALTY_PER_TERM = 8;

interface Row {
  readonly patch: number;
  readonly terms: readonly number[];
  readonly shift: readonly [number, number];
}

/** @returns null if no model explains more than whole-frame motion */
export function fitLocalModel(trajectories: readonly PatchTrajectory[], frames: number): LocalFit | null {
  // z relative to the length of the movie: cubes of frame numbers would lose precision
  const scale = Math.max(1, frames - 1);
  const rows = trajectories.flatMap((trajectory, patch) =>
    trajectory.points.map(
      ({ z, shift }): Row => ({ patch, shift, terms: modelTerms(z / scale, trajectory.x, trajectory.y) }),
    ),
  );
  const fullModel = MODELS[MODELS.length - 1]!;
  if (rows.length < 2 * fullModel.length + trajectories.length) return null;
  const { weights, sigma } = robustWeights(rows, trajectories.length, fullModel);
  let best = {
    terms: [] as readonly number[],
    score: residualSquares(rows, weights, trajectories.length, [], null),
  };
  for (const terms of MODELS) {
    const solution = solve(rows, weights, trajectories.length, terms);
    const squares = residualSquares(rows, weights, trajectories.length, terms, solution);
    const score = squares + PENALTY_PER_TERM * 2 * terms.length * sigma * sigma;
    if (score < best.score) best = { terms, score };
  }
  if (best.terms.length === 0) return null;
  const solution = solve(rows, weights, trajectories.length, best.terms);
  const usedCount = weights.filter((w) => w > 0).length;
  const coefficients = (axis: 0 | 1) => {
    const values: number[] = new Array(COEFFICIENTS).fill(0);
    best.terms.forEach((term, i) => {
      values[term] = solution[axis]![i]! / scale ** ((term % 3) + 1);
    });
    return values;
  };
  const weightSum = weights.reduce((a, b) => a + b, 0);
  return {
    model: { x: coefficients(0), y: coefficients(1) },
    rmsPixels: Math.sqrt(
      residualSquares(rows, weights, trajectories.length, best.terms, solution) / weightSum,
    ),
    points: rows.length,
    outliers: rows.length - usedCount,
    terms: best.terms.length,
  };
}

type Solution = readonly [Float64Array, Float64Array];

/**
 * Reweighted least squares with the full model.
 * @returns weights 0..1, and the standard deviation of a point along each axis
 */
function robustWeights(rows: readonly Row[], patches: number, terms: readonly number[]) {
  let weights: Float64Array = new Float64Array(rows.length).fill(1);
  let sigma = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const solution = solve(rows, weights, patches, terms);
    const lengths = residuals(rows, weights, patches, terms, solution).map(([x, y]) => Math.hypot(x, y));
    const sorted = [...lengths].sort((a, b) => a - b);
    const degreesOfFreedom = Math.max(1, rows.length - terms.length - patches) / rows.length;
    sigma = Math.max(1e-6, (MEDIAN_TO_SIGMA * sorted[sorted.length >> 1]!) / Math.sqrt(degreesOfFreedom));
    weights = Float64Array.from(lengths, (length) => {
      const u = length / (TUKEY_SIGMAS * sigma);
      return u < 1 ? (1 - u * u) ** 2 : 0;
    });
  }
  return { weights, sigma };
}

/**
 * Values of each row minus the weighted mean of its patch, because the origin of a trajectory is not known.
 */
function subtractPatchMeans(
  rows: readonly Row[],
  weights: Float64Array,
  patches: number,
  value: (row: Row) => number,
): Float64Array {
  const sums = new Float64Array(patches);
  const totals = new Float64Array(patches);
  rows.forEach((row, i) => {
    sums[row.patch]! += weights[i]! * value(row);
    totals[row.patch]! += weights[i]!;
  });
  return Float64Array.from(
    rows,
    (row) => value(row) - (totals[row.patch]! > 0 ? sums[row.patch]! / totals[row.patch]! : 0),
  );
}

function solve(
  rows: readonly Row[],
  weights: Float64Array,
  patches: number,
  terms: readonly number[],
): Solution {
  const columns = terms.map((term) => subtractPatchMeans(rows, weights, patches, (row) => row.terms[term]!));
  const axes = ([0, 1] as const).map((axis) =>
    subtractPatchMeans(rows, weights, patches, (row) => row.shift[axis]),
  );
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, v, i) => sum + weights[i]! * v * b[i]!, 0);
  const n = terms.length;
  // normal equations with both axes as right-hand sides; a small ridge term if the patches cannot distinguish
  // terms
  const matrix = columns.map((a, i) => {
    const row = Float64Array.from([...columns.map((b) => dot(a, b)), dot(a, axes[0]!), dot(a, axes[1]!)]);
    row[i] = row[i]! * (1 + 1e-9) + 1e-9;
    return row;
  });
  for (let k = 0; k < n; k++) {
    const pivot = matrix[k]!;
    const factor = 1 / pivot[k]!;
    for (let j = k; j < n + 2; j++) pivot[j] = pivot[j]! * factor;
    for (let i = 0; i < n; i++) {
      const row = matrix[i]!;
      const multiple = row[k]!;
      if (i === k || multiple === 0) continue;
      for (let j = k; j < n + 2; j++) row[j] = row[j]! - multiple * pivot[j]!;
    }
  }
  return [Float64Array.from(matrix, (row) => row[n]!), Float64Array.from(matrix, (row) => row[n + 1]!)];
}

function residuals(
  rows: readonly Row[],
  weights: Float64Array,
  patches: number,
  terms: readonly number[],
  solution: Solution | null,
): [number, number][] {
  const residualsAlong = (axis: 0 | 1) =>
    subtractPatchMeans(rows, weights, patches, (row) =>
      terms.reduce(
        (residual, term, i) => residual - row.terms[term]! * solution![axis]![i]!,
        row.shift[axis],
      ),
    );
  const x = residualsAlong(0);
  const y = residualsAlong(1);
  return rows.map((_, i) => [x[i]!, y[i]!]);
}

function residualSquares(
  rows: readonly Row[],
  weights: Float64Array,
  patches: number,
  terms: readonly number[],
  solution: Solution | null,
): number {
  return residuals(rows, weights, patches, terms, solution).reduce(
    (sum, [x, y], i) => sum + weights[i]! * (x * x + y * y),
    0,
  );
}
