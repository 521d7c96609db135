import {
  COSINE,
  combined,
  DRIFT_C,
  DRIFT_PRIOR,
  DRIFT_S,
  eachCell,
  MEAN,
  PHASE,
  type Problem,
  priors,
  SCALARS,
  SINE,
  type State,
} from './ring-model.ts';

/**
 * Sums over sectors first: with q = (1, sin^2, scalars' derivatives) each bin has one small matrix of moments, which the
 * splines then spread over the whole.
 */
export function normalEquations(problem: Problem, state: State) {
  const { polar, power, course, trust, backgroundTerms, envelopeTerms, free, cos2, sin2 } = problem;
  const { bins, weight, s } = polar;
  const width = 2 + SCALARS;
  const moments = new Float64Array(bins * width * width);
  const forces = new Float64Array(bins * width);
  const q = new Float64Array(width);
  q[0] = 1;
  let misfit = priors(problem, state);
  const wave = Math.PI * problem.optics.wavelengthA;
  const envelope = combined(envelopeTerms, state.envelope, bins);
  eachCell(problem, state, (i, j, at, level, height, phase) => {
    const sine = Math.sin(phase);
    const slope = 2 * sine * Math.cos(phase) * height;
    const k2 = s[i]!;
    q[1] = sine * sine * (envelope[i] ? height / envelope[i]! : 1);
    q[2 + MEAN] = slope * wave * k2;
    q[2 + COSINE] = q[2 + MEAN]! * cos2[j]!;
    q[2 + SINE] = q[2 + MEAN]! * sin2[j]!;
    const faded = (envelope[i]! * sine * sine * k2) / problem.finestS;
    q[2 + DRIFT_C] = faded * cos2[j]!;
    q[2 + DRIFT_S] = faded * sin2[j]!;
    q[2 + PHASE] = slope;
    const count = weight[at]! * trust[i]!;
    const found = power[at]! / course[i]!;
    misfit += count * (Math.log(level) + found / level);
    const w = count / (level * level);
    const rest = w * (found - level);
    const base = i * width * width;
    for (let a = 0; a < width; a++) {
      const wa = w * q[a]!;
      forces[i * width + a] = forces[i * width + a]! + rest * q[a]!;
      for (let b = 0; b <= a; b++)
        moments[base + a * width + b] = moments[base + a * width + b]! + wa * q[b]!;
    }
  });
  // Columns: splines of the background, splines of the envelope, free scalars.
  const columns: { q: number; f: Float64Array | null }[] = [
    ...backgroundTerms.map((f) => ({ q: 0, f })),
    ...envelopeTerms.map((f) => ({ q: 1, f })),
    ...free.map((scalar) => ({ q: 2 + scalar, f: null })),
  ];
  const n = columns.length;
  const matrix = Array.from({ length: n }, () => new Float64Array(n));
  const vector = new Float64Array(n);
  columns.forEach((x, a) => {
    for (let i = 0; i < bins; i++) vector[a] = vector[a]! + (x.f ? x.f[i]! : 1) * forces[i * width + x.q]!;
    for (let b = 0; b <= a; b++) {
      const y = columns[b]!;
      const [high, low] = x.q >= y.q ? [x.q, y.q] : [y.q, x.q];
      let sum = 0;
      for (let i = 0, m = high * width + low; i < bins; i++, m += width * width) {
        sum += moments[m]! * (x.f ? x.f[i]! : 1) * (y.f ? y.f[i]! : 1);
      }
      matrix[a]![b] = sum;
      matrix[b]![a] = sum;
    }
  });
  const first = backgroundTerms.length + envelopeTerms.length;
  const scalarAt = (scalar: number) => first + free.indexOf(scalar);
  for (const scalar of [COSINE, SINE]) {
    const at = scalarAt(scalar);
    matrix[at]![at] = matrix[at]![at]! + problem.priorPerA2;
    vector[at] = vector[at]! - problem.priorPerA2 * state.scalars[scalar]!;
  }
  for (const scalar of [DRIFT_C, DRIFT_S]) {
    const at = scalarAt(scalar);
    matrix[at]![at] = matrix[at]![at]! + DRIFT_PRIOR;
    vector[at] = vector[at]! - DRIFT_PRIOR * state.scalars[scalar]!;
  }
  return { matrix, vector, misfit, scalarAt };
}
