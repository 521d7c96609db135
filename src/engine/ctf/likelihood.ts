import { smoothBasis, smoothPart } from './background.ts';
import { solveSymmetric } from './least-squares.ts';
import { type CtfOptics, ctfPhase, type DefocusVector, defocusAlong } from './model.ts';
import { type PolarSpectrum, sectorAngle } from './polar.ts';

/**
 * The final fit. The power of a cell that is the mean of n independent values is distributed around its expectation S as
 * S/n times a gamma variate of shape n (Whittle 1953), so that the best estimate of everything is where
 *
 *   L = sum of n (ln S + power / S),   S = course(k) * (background(k) + envelope(k) (1 + drift) sin^2 phase(k, theta))
 *
 * is least: background and envelope are splines, drift = k^2 (p cos 2 theta + q sin 2 theta) lets rings fade faster in one
 * direction. Fisher's scoring (Gauss-Newton with weights n / S^2) finds all of it together; no ring is weighed by eye.
 */
export interface LikelihoodFit {
  readonly defocus: DefocusVector;
  readonly phaseShiftRad: number;
  /** Standard errors as the likelihood's curvature gives them: mean defocus (A), phase shift (rad). */
  readonly errorA: number;
  readonly phaseErrorRad: number;
  /** How much better than the same fit without rings, in standard deviations. */
  readonly significance: number;
  /** L at the end; to be compared among fits to the same data. */
  readonly misfit: number;
  readonly drift: { readonly cosine: number; readonly sine: number; readonly sigmas: number };
  /** Expected power without and height of rings, per bin. */
  readonly background: Float64Array;
  readonly envelope: Float64Array;
  /** 0..1: trust in each bin; less where something that is no ring stands out. */
  readonly trust: Float64Array;
}

export interface LikelihoodStart {
  readonly defocus: DefocusVector;
  readonly phaseShiftRad: number;
}

export interface LikelihoodOptions {
  /** The phase shift is fitted too, within these limits, radians. */
  readonly phaseRange?: readonly [number, number] | undefined;
  /** U - V of this size is one standard deviation of what is expected. */
  readonly expectedAstigmatismA?: number | undefined;
  /** Once the fit stands, rings that stand out for another reason are found and count for less, and it is made again. */
  readonly robust?: boolean;
}

const BACKGROUND_PIECES = { most: 8, rings: 1.5 };
const ENVELOPE_PIECES = { most: 6, rings: 2.5 };
const ITERATIONS = 25;
const ROBUST_PASSES = 2;
/** A step that lowers L by less than this moves nothing by more than a tenth of its error. */
const SMALL_GAIN = 0.005;
/** Largest change of phase at the finest frequency in one step, radians. */
const LARGEST_STEP = 0.6;
/** Where the mean misfit of a ring's cells is more than this many times what chance gives, the ring is trusted less. */
const MISFIT_LIMIT = 1.6;
/** Expected power never falls below this part of the course. */
const FLOOR = 0.02;

/** Columns of the fit that are no splines: three of the defocus, two of drift, one of the phase shift. */
const SCALARS = 6;
const [MEAN, COSINE, SINE, DRIFT_C, DRIFT_S, PHASE] = [0, 1, 2, 3, 4, 5] as const;

export function likelihoodFit(
  optics: CtfOptics,
  polar: PolarSpectrum,
  start: LikelihoodStart,
  options: LikelihoodOptions = {},
): LikelihoodFit {
  const problem = problemOf(optics, polar, start, options);
  let state = descend(problem, firstState(problem, start));
  for (let pass = 0; options.robust && pass < ROBUST_PASSES; pass++) {
    problem.trust.set(trustOf(problem, state));
    state = descend(problem, { ...state, misfit: misfitOf(problem, state) });
  }
  return outcome(problem, state);
}

/** Scoring steps, shortened after Levenberg and Marquardt where a full one would lead upwards. */
function descend(problem: Problem, start: State): State {
  let state = start;
  let damping = 1e-3;
  for (let i = 0; i < ITERATIONS && damping < 1e6; i++) {
    const next = stepped(problem, state, normalEquations(problem, state, damping));
    const misfit = misfitOf(problem, next);
    const gain = state.misfit - misfit;
    if (gain < 0) {
      damping *= 12;
      continue;
    }
    state = { ...next, misfit };
    damping = Math.max(1e-9, damping / 8);
    if (gain < SMALL_GAIN) break;
  }
  return state;
}

interface Problem {
  readonly optics: CtfOptics;
  readonly polar: PolarSpectrum;
  readonly power: Float64Array;
  readonly course: Float64Array;
  readonly backgroundTerms: readonly Float64Array[];
  readonly envelopeTerms: readonly Float64Array[];
  readonly cos2: Float64Array;
  readonly sin2: Float64Array;
  readonly trust: Float64Array;
  /** Scalars that are fitted. */
  readonly free: readonly number[];
  readonly phaseRange: readonly [number, number] | null;
  readonly priorPerA2: number;
  /** Scale of the drift's k^2: 1 at the finest frequency. */
  readonly finestS: number;
}

interface State {
  readonly background: Float64Array;
  readonly envelope: Float64Array;
  readonly scalars: Float64Array;
  readonly misfit: number;
}

function problemOf(
  optics: CtfOptics,
  polar: PolarSpectrum,
  start: LikelihoodStart,
  options: LikelihoodOptions,
): Problem {
  const { bins, s, frequency, radial, counts, sectors } = polar;
  const abscissa = frequency.map((f) => Math.sqrt(f));
  const coarse = smoothBasis(abscissa, counts, 5);
  const course = smoothPart(
    coarse,
    radial.map((r) => Math.log(Math.max(1e-30, r * r))),
  ).map(Math.exp);
  const phase = (i: number) => ctfPhase(optics, start.defocus.mean, s[i] ?? 0);
  const rings = Math.abs(phase(bins - 1) - phase(0)) / Math.PI;
  const terms = ({ most, rings: each }: { most: number; rings: number }) =>
    smoothBasis(
      abscissa,
      counts.map(() => 1 / bins),
      Math.max(1, Math.min(most, Math.floor(rings / each))),
    ).functions;
  const finestS = s[bins - 1] ?? 1;
  const angles = new Float64Array(sectors).map((_, j) => sectorAngle(j));
  return {
    ...{ optics, polar, course, finestS },
    power: polar.amplitude.map((a) => a * a),
    backgroundTerms: terms(BACKGROUND_PIECES),
    envelopeTerms: terms(ENVELOPE_PIECES),
    cos2: angles.map((a) => Math.cos(2 * a)),
    sin2: angles.map((a) => Math.sin(2 * a)),
    trust: new Float64Array(bins).fill(1),
    free: options.phaseRange
      ? [MEAN, COSINE, SINE, DRIFT_C, DRIFT_S, PHASE]
      : [MEAN, COSINE, SINE, DRIFT_C, DRIFT_S],
    phaseRange: options.phaseRange ?? null,
    // A Gaussian prior on the half astigmatism's two components.
    priorPerA2: options.expectedAstigmatismA ? (2 / options.expectedAstigmatismA) ** 2 : 0,
  };
}

/** Level 0.8 and height 0.3 of the course serve as first weights; one linear step puts them right. */
function firstState(problem: Problem, start: LikelihoodStart): State {
  const constant = (terms: readonly Float64Array[], value: number) => {
    const { bins } = problem.polar;
    // Terms are orthonormal under equal weights of sum 1: factors of a constant are its projections.
    return Float64Array.from(terms, (f) => (value * f.reduce((a, b) => a + b, 0)) / bins);
  };
  const scalars = new Float64Array(SCALARS);
  scalars[MEAN] = start.defocus.mean;
  scalars[COSINE] = start.defocus.cosine;
  scalars[SINE] = start.defocus.sine;
  scalars[PHASE] = start.phaseShiftRad;
  const state = {
    background: constant(problem.backgroundTerms, 0.85),
    envelope: constant(problem.envelopeTerms, 0.3),
    scalars,
    misfit: Infinity,
  };
  return { ...state, misfit: misfitOf(problem, state) };
}

function combined(terms: readonly Float64Array[], factors: Float64Array, bins: number): Float64Array {
  const sum = new Float64Array(bins);
  terms.forEach((f, p) => {
    const c = factors[p] as number;
    for (let i = 0; i < bins; i++) sum[i] = (sum[i] as number) + c * (f[i] as number);
  });
  return sum;
}

function defocusOf(scalars: Float64Array): DefocusVector {
  return { mean: scalars[MEAN] ?? 0, cosine: scalars[COSINE] ?? 0, sine: scalars[SINE] ?? 0 };
}

/** Calls `visit` for every cell that has pixels, with all that the model says of it (in units of the course). */
function eachCell(
  problem: Problem,
  state: Omit<State, 'misfit'>,
  visit: (bin: number, sector: number, at: number, level: number, ring: number, phase: number) => void,
  leastEnvelope = -Infinity,
): void {
  const { polar, optics, backgroundTerms, envelopeTerms, cos2, sin2, finestS } = problem;
  const { bins, sectors, s, weight } = polar;
  const background = combined(backgroundTerms, state.background, bins);
  const envelope = combined(envelopeTerms, state.envelope, bins).map((v) => Math.max(leastEnvelope, v));
  const { scalars } = state;
  const plate = { ...optics, constantPhase: optics.constantPhase + (scalars[PHASE] as number) };
  const defocus = defocusOf(scalars);
  for (let j = 0; j < sectors; j++) {
    const along = defocusAlong(defocus, sectorAngle(j));
    const drift = (scalars[DRIFT_C] as number) * cos2[j]! + (scalars[DRIFT_S] as number) * sin2[j]!;
    for (let i = 0; i < bins; i++) {
      const at = j * bins + i;
      if (weight[at] === 0) continue;
      const height = envelope[i]! * (1 + (drift * s[i]!) / finestS);
      const phase = ctfPhase(plate, along, s[i]!);
      const level = Math.max(FLOOR, background[i]! + height * Math.sin(phase) ** 2);
      visit(i, j, at, level, height, phase);
    }
  }
}

function misfitOf(problem: Problem, state: Omit<State, 'misfit'>, leastEnvelope = -Infinity): number {
  const { polar, power, course, trust, priorPerA2 } = problem;
  let sum = 0;
  eachCell(problem, state, (i, _j, at, level) => {
    sum += polar.weight[at]! * trust[i]! * (Math.log(level) + power[at]! / course[i]! / level);
  }, leastEnvelope);
  const { cosine, sine } = defocusOf(state.scalars);
  return sum + 0.5 * priorPerA2 * (cosine * cosine + sine * sine);
}

/**
 * Sums over sectors first: with q = (1, sin^2, scalars' derivatives) each bin has one small matrix of moments, which the
 * splines then spread over the whole.
 */
function normalEquations(problem: Problem, state: State, damping: number) {
  const { polar, power, course, trust, backgroundTerms, envelopeTerms, free, cos2, sin2 } = problem;
  const { bins, weight, s } = polar;
  const width = 2 + SCALARS;
  const moments = new Float64Array(bins * width * width);
  const forces = new Float64Array(bins * width);
  const q = new Float64Array(width);
  q[0] = 1;
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
    const w = (weight[at]! * trust[i]!) / (level * level);
    const rest = w * (power[at]! / course[i]! - level);
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
  // Fading by direction is a small correction: it is held near zero where no rings determine it.
  for (const scalar of [DRIFT_C, DRIFT_S]) {
    const at = scalarAt(scalar);
    matrix[at]![at] = matrix[at]![at]! + 4;
    vector[at] = vector[at]! - 4 * state.scalars[scalar]!;
  }
  const damped = matrix.map((row, a) => row.map((v, b) => (a === b ? v * (1 + damping) + 1e-12 : v)));
  return { matrix, vector, damped, scalarAt };
}

function stepped(
  problem: Problem,
  state: State,
  { damped, vector }: ReturnType<typeof normalEquations>,
): Omit<State, 'misfit'> {
  const change = solveSymmetric(damped, vector);
  const { backgroundTerms, envelopeTerms, free, optics, finestS, phaseRange } = problem;
  const first = backgroundTerms.length + envelopeTerms.length;
  const perA = Math.PI * optics.wavelengthA * finestS;
  const largest = free.reduce((most, scalar, i) => {
    const size = Math.abs(change[first + i]!);
    return Math.max(most, scalar === PHASE ? size : scalar <= SINE ? size * perA : size / 2);
  }, 0);
  const scale = Math.min(1, LARGEST_STEP / Math.max(1e-30, largest));
  const scalars = state.scalars.slice();
  free.forEach((scalar, i) => {
    scalars[scalar] = scalars[scalar]! + scale * change[first + i]!;
  });
  for (const scalar of [DRIFT_C, DRIFT_S]) {
    scalars[scalar] = Math.max(-0.95, Math.min(0.95, scalars[scalar]!));
  }
  if (phaseRange) {
    scalars[PHASE] = Math.max(phaseRange[0], Math.min(phaseRange[1], scalars[PHASE]!));
  }
  return {
    background: state.background.map((v, p) => v + change[p]!),
    envelope: state.envelope.map((v, p) => v + change[backgroundTerms.length + p]!),
    scalars,
  };
}

/** What stands out of the model by more than chance (an ice ring, a crystal) counts for less. */
function trustOf(problem: Problem, state: State): Float64Array {
  const { polar, power, course } = problem;
  const { bins, weight } = polar;
  const square = new Float64Array(bins);
  const mean = new Float64Array(bins);
  const cells = new Float64Array(bins);
  const total = new Float64Array(bins);
  eachCell(problem, state, (i, _j, at, level) => {
    const rest = power[at]! / course[i]! / level - 1;
    square[i] = square[i]! + weight[at]! * rest * rest;
    mean[i] = mean[i]! + weight[at]! * rest;
    total[i] = total[i]! + weight[at]!;
    cells[i] = cells[i]! + 1;
  });
  const noise = square.map((v, i) => v / Math.max(1, cells[i]!));
  const usual = noise.toSorted()[bins >> 1] || 1;
  return noise.map((v, i) => {
    const ofCells = v / usual / MISFIT_LIMIT;
    const ofRing = mean[i]! ** 2 / Math.max(1, total[i]!) / usual / 12;
    return 1 / Math.max(1, ofCells, ofRing) ** 2;
  });
}

function outcome(problem: Problem, state: State): LikelihoodFit {
  const { polar, course, backgroundTerms, envelopeTerms, trust } = problem;
  const { bins } = polar;
  const { matrix, scalarAt } = normalEquations(problem, state, 0);
  const n = matrix.length;
  const variance = (at: number) => {
    const unit = new Float64Array(n);
    unit[at] = 1;
    return Math.max(0, solveSymmetric(matrix, unit)[at]!);
  };
  const without = { ...state, envelope: new Float64Array(envelopeTerms.length) };
  const plain = ringless(problem, without);
  // Rings turned inside out are no rings: what they explain does not count.
  const misfit = misfitOf(problem, state, 0);
  const driftSize = Math.hypot(state.scalars[DRIFT_C]!, state.scalars[DRIFT_S]!);
  return {
    defocus: defocusOf(state.scalars),
    phaseShiftRad: state.scalars[PHASE]!,
    errorA: Math.sqrt(variance(scalarAt(MEAN))),
    phaseErrorRad: problem.phaseRange ? Math.sqrt(variance(scalarAt(PHASE))) : 0,
    significance: Math.sqrt(Math.max(0, 2 * (plain - misfit))),
    misfit,
    drift: {
      cosine: state.scalars[DRIFT_C]!,
      sine: state.scalars[DRIFT_S]!,
      sigmas: driftSize / Math.sqrt(Math.max(1e-30, variance(scalarAt(DRIFT_C)), variance(scalarAt(DRIFT_S)))),
    },
    background: combined(backgroundTerms, state.background, bins).map((v, i) => v * course[i]!),
    envelope: combined(envelopeTerms, state.envelope, bins).map((v, i) => v * course[i]!),
    trust,
  };
}

/** L of the best smooth course without rings. */
function ringless(problem: Problem, start: Omit<State, 'misfit'>): number {
  const smooth: Problem = {
    ...problem,
    envelopeTerms: [],
    backgroundTerms: [...problem.backgroundTerms],
    free: [MEAN, COSINE, SINE, DRIFT_C, DRIFT_S],
  };
  let state: State = { ...start, envelope: new Float64Array(0), misfit: Infinity };
  for (let i = 0; i < 4; i++) {
    const { matrix, vector } = normalEquations(smooth, state, 0);
    const n = smooth.backgroundTerms.length;
    const change = solveSymmetric(
      matrix.slice(0, n).map((row) => row.slice(0, n)),
      vector.slice(0, n),
    );
    state = { ...state, background: state.background.map((v, p) => v + change[p]!) };
  }
  return misfitOf(smooth, state);
}
