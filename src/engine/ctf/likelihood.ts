import { solveSymmetric } from './least-squares.ts';
import type { CtfOptics, DefocusVector } from './model.ts';
import { type NormalEquations, normalEquations } from './normal-equations.ts';
import type { PolarSpectrum } from './polar.ts';
import {
  curveOf,
  DRIFT_C,
  DRIFT_S,
  defocusOf,
  firstState,
  type LikelihoodOptions,
  type LikelihoodStart,
  levelsOf,
  MEAN,
  PHASE,
  type Problem,
  problemOf,
  SINE,
  type State,
} from './ring-model.ts';
import { ringlessMisfit } from './ringless.ts';

/**
 * The final fit. The power of a cell that is the mean of n independent values is distributed around its
 * expectation S as S/n times a gamma variate of shape n (Whittle 1953), so that the maximum likelihood
 * estimate minimises
 *
 *   L = sum of n (ln S + power / S)
 *   S = unit * (background(k) + envelope(k) (1 + drift) sin^2 phase(k, theta))
 *
 * Background and envelope are exponentials of splines; drift = k^2 (p cos 2 theta + q sin 2 theta) lets rings
 * fade faster in one direction. Fisher's scoring (Gauss-Newton with weights n / S^2) fits all parameters
 * together, without manual weights.
 */
export interface LikelihoodFit {
  readonly defocus: DefocusVector;
  readonly phaseShiftRad: number;
  /** Standard errors from the curvature of the likelihood: mean defocus (A), phase shift (rad). */
  readonly errorA: number;
  readonly phaseErrorRad: number;
  /** Improvement over the same fit without rings, in standard deviations. */
  readonly significance: number;
  /** L at the end; comparable between fits to the same data. */
  readonly misfit: number;
  readonly drift: { readonly cosine: number; readonly sine: number; readonly sigmas: number };
  /** Expected power of the background and height of the rings, per bin. */
  readonly background: Float64Array;
  readonly envelope: Float64Array;
  /** Weight of each bin, 0..1; reduced for rings with features that the model does not explain. */
  readonly trust: Float64Array;
}

/** A first fit, which `finalFit` completes. */
export interface UnfinishedFit {
  readonly problem: Problem;
  readonly state: State;
  readonly defocus: DefocusVector;
  readonly misfit: number;
}

const ITERATIONS = 25;
const ROBUST_PASSES = 2;
/** The first steps fit only background and envelope, because wrong curves would bias the defocus. */
const CURVE_STEPS = 3;
/**
 * The iteration ends when a step decreases L by less than this; 0.5 corresponds to one standard error of one
 * parameter. First fits need only enough accuracy to choose among candidates.
 */
const MIN_IMPROVEMENT = { final: 0.01, first: 0.3 };
/** Maximum change of the phase at the highest frequency, and of the logarithm of a curve, in one step. */
const MAX_STEP = 0.6;
const MAX_LOG_STEP = 1.5;
/** Maximum drift at the highest frequency. */
const MAX_DRIFT = 0.95;
/**
 * If the mean misfit of a ring's cells exceeds its expectation by this factor, the weight of the ring is
 * reduced.
 */
const MISFIT_LIMIT = 1.6;

/** Fits all parameters, starting near `start`, accurately enough to choose among candidates. */
export function firstFit(
  optics: CtfOptics,
  polar: PolarSpectrum,
  start: LikelihoodStart,
  options: LikelihoodOptions = {},
): UnfinishedFit {
  const problem = problemOf(optics, polar, start, options);
  let state = firstState(problem, start);
  for (let i = 0; i < CURVE_STEPS; i++) {
    const { matrix, vector } = normalEquations(problem, state);
    const curves = matrix.length - problem.scalarCount;
    const change = new Float64Array(matrix.length);
    change.set(solveSymmetric(matrix.slice(0, curves), vector.slice(0, curves)));
    state = applyChange(problem, state, change);
  }
  const end = descend(problem, state, MIN_IMPROVEMENT.first);
  return { problem, ...end, defocus: defocusOf(end.state.scalars) };
}

/**
 * Completes a fit: it is repeated with less weight for rings with features that the model does not explain.
 */
export function finalFit({ problem: initialProblem, state: start }: UnfinishedFit): LikelihoodFit {
  const problem = { ...initialProblem, trust: initialProblem.trust.slice() };
  let { state } = descend(problem, start, MIN_IMPROVEMENT.final);
  for (let pass = 0; pass < ROBUST_PASSES; pass++) {
    problem.trust.set(trustOf(problem, state));
    state = descend(problem, state, MIN_IMPROVEMENT.final).state;
  }
  return outcomeOf(problem, state);
}

/** Scoring steps, damped after Levenberg and Marquardt if a full step would increase L. */
function descend(problem: Problem, start: State, minImprovement: number): { state: State; misfit: number } {
  let state = start;
  let equations = normalEquations(problem, state);
  let damping = 1e-3;
  for (let i = 0; i < ITERATIONS && damping < 1e4; i++) {
    const next = dampedStep(problem, state, equations, damping);
    const nextEquations = normalEquations(problem, next);
    const improvement = equations.misfit - nextEquations.misfit;
    if (!(improvement >= 0)) {
      damping *= 12;
      continue;
    }
    state = next;
    equations = nextEquations;
    damping = Math.max(1e-9, damping / 8);
    if (improvement < minImprovement) break;
  }
  return { state, misfit: equations.misfit };
}

function dampedStep(
  problem: Problem,
  state: State,
  { matrix, vector }: NormalEquations,
  damping: number,
): State {
  const damped = matrix.map((row, a) => row.map((v, b) => (a === b ? v * (1 + damping) + 1e-12 : v)));
  return applyChange(problem, state, solveSymmetric(damped, vector));
}

function applyChange(problem: Problem, state: State, change: Float64Array): State {
  const { background, envelope, scalarCount, optics, maxS, phaseRange } = problem;
  const firstScalar = background.splines.count + envelope.splines.count;
  const perA = Math.PI * optics.wavelengthA * maxS;
  let largest = 1e-30;
  for (let scalar = 0; scalar < scalarCount; scalar++) {
    const size = Math.abs(change[firstScalar + scalar]!);
    largest = Math.max(largest, scalar === PHASE ? size : scalar <= SINE ? size * perA : size / 2);
  }
  const scale = Math.min(1, MAX_STEP / largest);
  const scalars = state.scalars.slice();
  for (let scalar = 0; scalar < scalarCount; scalar++) {
    scalars[scalar] = scalars[scalar]! + scale * change[firstScalar + scalar]!;
  }
  const drift = Math.hypot(scalars[DRIFT_C]!, scalars[DRIFT_S]!);
  for (const scalar of [DRIFT_C, DRIFT_S]) {
    scalars[scalar] = scalars[scalar]! * Math.min(1, MAX_DRIFT / Math.max(1e-30, drift));
  }
  if (phaseRange) {
    scalars[PHASE] = Math.max(phaseRange[0], Math.min(phaseRange[1], scalars[PHASE]!));
  }
  const limitedStep = (coefficients: Float64Array, offset: number) =>
    coefficients.map((v, p) => v + Math.max(-MAX_LOG_STEP, Math.min(MAX_LOG_STEP, change[offset + p]!)));
  return {
    background: limitedStep(state.background, 0),
    envelope: limitedStep(state.envelope, background.splines.count),
    scalars,
  };
}

/** Rings that deviate from the model by more than chance (an ice ring, a crystal) get less weight. */
function trustOf(problem: Problem, state: State): Float64Array {
  const { bins, sectors, weight, power } = problem;
  const levels = levelsOf(problem, state);
  const [noise, shift] = [new Float64Array(bins), new Float64Array(bins)];
  for (let i = 0, at = 0; i < bins; i++) {
    let [square, mean, total, cells] = [0, 0, 0, 0];
    for (let j = 0; j < sectors; j++, at++) {
      if (weight[at] === 0) continue;
      const residual = power[at]! / levels[at]! - 1;
      square += weight[at]! * residual * residual;
      mean += weight[at]! * residual;
      total += weight[at]!;
      cells++;
    }
    noise[i] = square / Math.max(1, cells);
    shift[i] = mean ** 2 / Math.max(1, total);
  }
  const typicalNoise = noise.toSorted()[bins >> 1] || 1;
  return noise.map(
    (v, i) => 1 / Math.max(1, v / typicalNoise / MISFIT_LIMIT, shift[i]! / typicalNoise / 12) ** 2,
  );
}

function outcomeOf(problem: Problem, state: State): LikelihoodFit {
  const { unit, background, envelope, trust } = problem;
  const { matrix, misfit } = normalEquations(problem, state);
  const n = matrix.length;
  const variance = (scalar: number) => {
    const at = n - problem.scalarCount + scalar;
    const unitVector = new Float64Array(n);
    unitVector[at] = 1;
    return Math.max(0, solveSymmetric(matrix, unitVector)[at]!);
  };
  const [cosine, sine] = [state.scalars[DRIFT_C]!, state.scalars[DRIFT_S]!];
  return {
    defocus: defocusOf(state.scalars),
    phaseShiftRad: state.scalars[PHASE]!,
    errorA: Math.sqrt(variance(MEAN)),
    phaseErrorRad: problem.phaseRange ? Math.sqrt(variance(PHASE)) : 0,
    significance: Math.sqrt(Math.max(0, 2 * (ringlessMisfit(problem) - misfit))),
    misfit,
    drift: {
      cosine,
      sine,
      sigmas: Math.hypot(cosine, sine) / Math.sqrt(Math.max(1e-30, variance(DRIFT_C), variance(DRIFT_S))),
    },
    background: curveOf(background, state.background).map((v) => v * unit),
    envelope: curveOf(envelope, state.envelope).map((v) => v * unit),
    trust,
  };
}
