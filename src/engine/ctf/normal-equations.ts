import { createCells, curveSums, fadingSums, fillCells, mixedSums, phaseSums } from './cell-sums.ts';
import {
  COSINE,
  type Curve,
  curveOf,
  curvePrior,
  DRIFT_C,
  DRIFT_PRIOR,
  DRIFT_S,
  MEAN,
  type Problem,
  SINE,
  type State,
  scalarPriors,
  sectorValues,
} from './ring-model.ts';

/**
 * One step of Fisher's scoring: matrix * change = vector. Order: coefficients of the background, coefficients
 * of the envelope, scalars.
 */
export interface NormalEquations {
  readonly matrix: readonly Float64Array[];
  readonly vector: Float64Array;
  /** Negative log likelihood and priors, to be minimised; see likelihood.ts. */
  readonly misfit: number;
}

/**
 * Normal equations at a state. Letters in names are derivatives of a cell's level: B with respect to ln
 * background, X (height sin^2) to ln envelope, L to the phase, F to the fading; c and d are the cosine and
 * sine of twice the direction. The products of X, L, F, c and d are summed over the sectors first; factors
 * that depend only on the frequency are applied to these sums, which are then added to the four splines that
 * are non-zero in the bin.
 */
export function normalEquations(problem: Problem, state: State): NormalEquations {
  const { bins, s, sectors } = problem;
  const background = curveOf(problem.background, state.background);
  const envelope = curveOf(problem.envelope, state.envelope);
  const directions = sectorValues(problem, state);
  const sums = createAssembly(problem, state);
  const cells = createCells(sectors);
  let misfit = sums.misfit;
  for (let i = 0; i < bins; i++) {
    const backgroundLevel = background[i]!;
    misfit = fillCells(cells, problem, state, directions, i, backgroundLevel, envelope[i]!, misfit);
    const t = Math.PI * problem.optics.wavelengthA * s[i]!;
    const tt = t * t;
    const { w1, x, xx, r, rx } = curveSums(cells);
    const p = phaseSums(cells, problem);
    const f = fadingSums(cells, problem);
    const m = mixedSums(cells, problem);
    sums.addCurves(
      i,
      [backgroundLevel * backgroundLevel * w1, backgroundLevel * x, xx],
      backgroundLevel * r,
      rx,
    );
    sums.addMixed(
      i,
      [
        backgroundLevel * t * p.l,
        backgroundLevel * t * p.lc,
        backgroundLevel * t * p.ld,
        backgroundLevel * f.fc,
        backgroundLevel * f.fd,
        backgroundLevel * p.l,
      ],
      [t * p.xl, t * p.xlc, t * p.xld, f.xfc, f.xfd, p.xl],
    );
    sums.addScalars(
      [
        [tt * p.ll],
        [tt * p.llc, tt * p.llcc],
        [tt * p.lld, tt * p.llcd, tt * p.lldd],
        [t * m.lfc, t * m.lfcc, t * m.lfcd, f.ffcc],
        [t * m.lfd, t * m.lfcd, t * m.lfdd, f.ffcd, f.ffdd],
        [t * p.ll, t * p.llc, t * p.lld, m.lfc, m.lfd, p.ll],
      ],
      [t * p.rl, t * p.rlc, t * p.rld, f.rfc, f.rfd, p.rl],
    );
  }
  return { ...sums.finish(), misfit };
}

/**
 * Accumulates the sums of bins in one symmetric matrix, of which only the part up to the diagonal is filled
 * before `finish`.
 */
function createAssembly(problem: Problem, state: State) {
  const { background, envelope, scalarCount } = problem;
  const [b, e] = [background.splines, envelope.splines];
  const firstScalar = b.count + e.count;
  const n = firstScalar + scalarCount;
  const matrix = Array.from({ length: n }, () => new Float64Array(n));
  const vector = new Float64Array(n);
  let misfit = scalarPriors(problem, state);
  const addCurvePrior = (curve: Curve, coefficients: Float64Array, offset: number) => {
    misfit += curvePrior(curve, coefficients, (indices, factors, residual, weight) => {
      indices.forEach((p, k) => {
        vector[offset + p] = vector[offset + p]! - weight * residual * factors[k]!;
        indices.forEach((q, m) => {
          if (q > p) return;
          const row = matrix[offset + p]!;
          row[offset + q] = row[offset + q]! + weight * factors[k]! * factors[m]!;
        });
      });
    });
  };
  addCurvePrior(background, state.background, 0);
  addCurvePrior(envelope, state.envelope, b.count);
  const addPrior = (scalar: number, weight: number) => {
    matrix[firstScalar + scalar]![firstScalar + scalar] = weight;
    vector[firstScalar + scalar] = -weight * state.scalars[scalar]!;
  };
  for (const scalar of [COSINE, SINE]) addPrior(scalar, problem.priorPerA2);
  for (const scalar of [DRIFT_C, DRIFT_S]) addPrior(scalar, DRIFT_PRIOR);
  addPrior(MEAN, 0);
  return {
    misfit,
    /** Products of the derivatives with respect to ln background and ln envelope: BB, BE, EE. */
    addCurves(
      bin: number,
      [bb, be, ee]: readonly [number, number, number],
      gradientB: number,
      gradientE: number,
    ) {
      for (let p = 0; p < 4; p++) {
        const vp = b.values[4 * bin + p]!;
        const up = e.values[4 * bin + p]!;
        const atB = b.firstSpline[bin]! + p;
        const atE = b.count + e.firstSpline[bin]! + p;
        vector[atB] = vector[atB]! + vp * gradientB;
        vector[atE] = vector[atE]! + up * gradientE;
        const rowB = matrix[atB]!;
        const rowE = matrix[atE]!;
        for (let q = 0; q < 4; q++) {
          const column = b.firstSpline[bin]! + q;
          const vq = b.values[4 * bin + q]!;
          if (q <= p) {
            rowB[column] = rowB[column]! + vp * vq * bb;
            const columnE = b.count + e.firstSpline[bin]! + q;
            rowE[columnE] = rowE[columnE]! + up * e.values[4 * bin + q]! * ee;
          }
          rowE[column] = rowE[column]! + up * vq * be;
        }
      }
    },
    /**
     * @param backgroundProducts, envelopeProducts - products of the derivatives of the scalars with those of
     * ln background and ln envelope
     */
    addMixed(bin: number, backgroundProducts: readonly number[], envelopeProducts: readonly number[]) {
      for (let scalar = 0; scalar < scalarCount; scalar++) {
        const row = matrix[firstScalar + scalar]!;
        for (let p = 0; p < 4; p++) {
          const atB = b.firstSpline[bin]! + p;
          const atE = b.count + e.firstSpline[bin]! + p;
          row[atB] = row[atB]! + b.values[4 * bin + p]! * backgroundProducts[scalar]!;
          row[atE] = row[atE]! + e.values[4 * bin + p]! * envelopeProducts[scalar]!;
        }
      }
    },
    /** @param products - products of the scalars' derivatives with each other, up to the diagonal */
    addScalars(products: readonly (readonly number[])[], gradients: readonly number[]) {
      for (let a = 0; a < scalarCount; a++) {
        const row = matrix[firstScalar + a]!;
        vector[firstScalar + a] = vector[firstScalar + a]! + gradients[a]!;
        for (let c = 0; c <= a; c++) row[firstScalar + c] = row[firstScalar + c]! + products[a]![c]!;
      }
    },
    finish() {
      for (let a = 0; a < n; a++) for (let c = 0; c < a; c++) matrix[c]![a] = matrix[a]![c]!;
      return { matrix, vector };
    },
  };
}
