import {
  bySector,
  COSINE,
  type Curve,
  curveOf,
  curvePrior,
  DRIFT_C,
  DRIFT_PRIOR,
  DRIFT_S,
  MEAN,
  PHASE,
  type Problem,
  SINE,
  type State,
  scalarPriors,
} from './ring-model.ts';

/** One step of Fisher's scoring: matrix * change = vector. Order: factors of the background, of the envelope, scalars. */
export interface NormalEquations {
  readonly matrix: readonly Float64Array[];
  readonly vector: Float64Array;
  /** Likelihood and priors, to be made small; see likelihood.ts. */
  readonly misfit: number;
}

/**
 * With the derivatives of a cell's level by ln background (B), ln envelope (X = height sin^2), phase (L) and fading (F), and
 * c, d = cos and sin of twice the direction, all products but those of B, L and F with functions of frequency alone are summed
 * over the sectors first; each bin's sums then go to the few splines that reach it.
 */
export function normalEquations(problem: Problem, state: State): NormalEquations {
  const { bins, sectors, s, found, weight, trust, cos2, sin2, optics, finestS } = problem;
  const background = curveOf(problem.background, state.background);
  const envelope = curveOf(problem.envelope, state.envelope);
  const { along, drift } = bySector(problem, state);
  const { wavelengthA, csA } = optics;
  const constant = optics.constantPhase + state.scalars[PHASE]!;
  const sums = assembly(problem, state);
  let misfit = sums.misfit;
  for (let i = 0, at = 0; i < bins; i++) {
    const k2 = s[i]!;
    const steep = Math.PI * wavelengthA * k2;
    const inner = constant - 0.5 * Math.PI * csA * wavelengthA ** 3 * k2 * k2;
    const fade = k2 / finestS;
    const base = background[i]!;
    const full = envelope[i]!;
    const sure = trust[i]!;
    let w1 = 0;
    let x = 0;
    let xx = 0;
    let l = 0;
    let lc = 0;
    let ld = 0;
    let xl = 0;
    let xlc = 0;
    let xld = 0;
    let fc = 0;
    let fd = 0;
    let xfc = 0;
    let xfd = 0;
    let ll = 0;
    let llc = 0;
    let lld = 0;
    let llcc = 0;
    let llcd = 0;
    let lldd = 0;
    let lfc = 0;
    let lfd = 0;
    let lfcc = 0;
    let lfcd = 0;
    let lfdd = 0;
    let ffcc = 0;
    let ffcd = 0;
    let ffdd = 0;
    let r = 0;
    let rx = 0;
    let rl = 0;
    let rlc = 0;
    let rld = 0;
    let rfc = 0;
    let rfd = 0;
    for (let j = 0; j < sectors; j++, at++) {
      const count = sure * weight[at]!;
      if (count === 0) continue;
      const c = cos2[j]!;
      const d = sin2[j]!;
      const twice = 2 * (steep * along[j]! + inner);
      const square = 0.5 - 0.5 * Math.cos(twice);
      const height = full * (1 + drift[j]! * fade);
      const X = height * square;
      const L = height * Math.sin(twice);
      const F = full * square * fade;
      const level = base + X;
      const ratio = found[at]! / level;
      misfit += count * (Math.log(level) + ratio);
      const w = count / (level * level);
      const rest = (count * (ratio - 1)) / level;
      const wX = w * X;
      const wL = w * L;
      const wF = w * F;
      const c2 = c * c;
      const cd = c * d;
      const d2 = d * d;
      w1 += w;
      x += wX;
      xx += wX * X;
      l += wL;
      lc += wL * c;
      ld += wL * d;
      const XL = wX * L;
      xl += XL;
      xlc += XL * c;
      xld += XL * d;
      fc += wF * c;
      fd += wF * d;
      const XF = wX * F;
      xfc += XF * c;
      xfd += XF * d;
      const LL = wL * L;
      ll += LL;
      llc += LL * c;
      lld += LL * d;
      llcc += LL * c2;
      llcd += LL * cd;
      lldd += LL * d2;
      const LF = wL * F;
      lfc += LF * c;
      lfd += LF * d;
      lfcc += LF * c2;
      lfcd += LF * cd;
      lfdd += LF * d2;
      const FF = wF * F;
      ffcc += FF * c2;
      ffcd += FF * cd;
      ffdd += FF * d2;
      r += rest;
      rx += rest * X;
      rl += rest * L;
      rlc += rest * L * c;
      rld += rest * L * d;
      rfc += rest * F * c;
      rfd += rest * F * d;
    }
    const t = steep;
    sums.curves(i, [base * base * w1, base * x, xx], base * r, rx);
    sums.mixed(
      i,
      [base * t * l, base * t * lc, base * t * ld, base * fc, base * fd, base * l],
      [t * xl, t * xlc, t * xld, xfc, xfd, xl],
    );
    const tt = t * t;
    sums.scalars(
      [
        [tt * ll],
        [tt * llc, tt * llcc],
        [tt * lld, tt * llcd, tt * lldd],
        [t * lfc, t * lfcc, t * lfcd, ffcc],
        [t * lfd, t * lfcd, t * lfdd, ffcd, ffdd],
        [t * ll, t * llc, t * lld, lfc, lfd, ll],
      ],
      [t * rl, t * rlc, t * rld, rfc, rfd, rl],
    );
  }
  return { ...sums.finished(), misfit };
}

/** Collects the sums of bins into one symmetric matrix, of which the part up to the diagonal is filled until it is finished. */
function assembly(problem: Problem, state: State) {
  const { background, envelope, scalars: free } = problem;
  const [b, e] = [background.splines, envelope.splines];
  const first = b.count + e.count;
  const n = first + free;
  const matrix = Array.from({ length: n }, () => new Float64Array(n));
  const vector = new Float64Array(n);
  let misfit = scalarPriors(problem, state);
  const prior = (curve: Curve, factors: Float64Array, offset: number) => {
    misfit += curvePrior(curve, factors, (indices, shape, rest, weight) => {
      indices.forEach((p, k) => {
        vector[offset + p] = vector[offset + p]! - weight * rest * shape[k]!;
        indices.forEach((q, m) => {
          if (q > p) return;
          const row = matrix[offset + p]!;
          row[offset + q] = row[offset + q]! + weight * shape[k]! * shape[m]!;
        });
      });
    });
  };
  prior(background, state.background, 0);
  prior(envelope, state.envelope, b.count);
  const held = (scalar: number, weight: number) => {
    matrix[first + scalar]![first + scalar] = weight;
    vector[first + scalar] = -weight * state.scalars[scalar]!;
  };
  for (const scalar of [COSINE, SINE]) held(scalar, problem.priorPerA2);
  for (const scalar of [DRIFT_C, DRIFT_S]) held(scalar, DRIFT_PRIOR);
  held(MEAN, 0);
  return {
    misfit,
    /** @param products - of the derivatives by ln background and ln envelope: BB, BE, EE */
    curves(bin: number, [bb, be, ee]: readonly [number, number, number], forceB: number, forceE: number) {
      for (let p = 0; p < 4; p++) {
        const vp = b.values[4 * bin + p]!;
        const up = e.values[4 * bin + p]!;
        const atB = b.first[bin]! + p;
        const atE = b.count + e.first[bin]! + p;
        vector[atB] = vector[atB]! + vp * forceB;
        vector[atE] = vector[atE]! + up * forceE;
        const rowB = matrix[atB]!;
        const rowE = matrix[atE]!;
        for (let q = 0; q < 4; q++) {
          const column = b.first[bin]! + q;
          const vq = b.values[4 * bin + q]!;
          if (q <= p) {
            rowB[column] = rowB[column]! + vp * vq * bb;
            const columnE = b.count + e.first[bin]! + q;
            rowE[columnE] = rowE[columnE]! + up * e.values[4 * bin + q]! * ee;
          }
          rowE[column] = rowE[column]! + up * vq * be;
        }
      }
    },
    /** @param byB, byE - products of each scalar's derivative with those by ln background and ln envelope */
    mixed(bin: number, byB: readonly number[], byE: readonly number[]) {
      for (let scalar = 0; scalar < free; scalar++) {
        const row = matrix[first + scalar]!;
        for (let p = 0; p < 4; p++) {
          const atB = b.first[bin]! + p;
          const atE = b.count + e.first[bin]! + p;
          row[atB] = row[atB]! + b.values[4 * bin + p]! * byB[scalar]!;
          row[atE] = row[atE]! + e.values[4 * bin + p]! * byE[scalar]!;
        }
      }
    },
    /** @param products - of the scalars' derivatives with each other, up to the diagonal */
    scalars(products: readonly (readonly number[])[], forces: readonly number[]) {
      for (let a = 0; a < free; a++) {
        const row = matrix[first + a]!;
        vector[first + a] = vector[first + a]! + forces[a]!;
        for (let c = 0; c <= a; c++) row[first + c] = row[first + c]! + products[a]![c]!;
      }
    },
    finished() {
      for (let a = 0; a < n; a++) for (let c = 0; c < a; c++) matrix[c]![a] = matrix[a]![c]!;
      return { matrix, vector };
    },
  };
}
