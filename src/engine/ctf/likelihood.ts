import { solveSymmetric } from './least-squares.ts';
import type { CtfOptics, DefocusVector } from './model.ts';
import { normalEquations } from './normal-equations.ts';
import type { PolarSpectrum } from './polar.ts';
import {
  COSINE,
  combined,
  DRIFT_C,
  DRIFT_S,
  defocusOf,
  eachCell,
  firstState,
  type LikelihoodOptions,
  type LikelihoodStart,
  MEAN,
  misfitOf,
  PHASE,
  type Problem,
  problemOf,
  SINE,
  type State,
} from './ring-model.ts';

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

const ITERATIONS = 25;
const ROBUST_PASSES = 2;
/** Steps end when L falls by less: 0.5 would be one standard error of one number; to choose among candidates less will do. */
const SMALL_GAIN = { final: 0.01, first: 0.3 };
/** Largest change of phase at the finest frequency in one step, radians. */
const LARGEST_STEP = 0.6;
/** Where the mean misfit of a ring's cells is more than this many times what chance gives, the ring is trusted less. */
const MISFIT_LIMIT = 1.6;
export function likelihoodFit(
  optics: CtfOptics,
  polar: PolarSpectrum,
  start: LikelihoodStart,
  options: LikelihoodOptions = {},
): LikelihoodFit {
  const problem = problemOf(optics, polar, start, options);
  let state = descend(
    problem,
    firstState(problem, start),
    options.robust ? SMALL_GAIN.final : SMALL_GAIN.first,
  );
  for (let pass = 0; options.robust && pass < ROBUST_PASSES; pass++) {
    problem.trust.set(trustOf(problem, state));
    state = descend(problem, state, SMALL_GAIN.final);
  }
  return outcome(problem, state);
}

/** Scoring steps, shortened after Levenberg and Marquardt where a full one would lead upwards. */
function descend(problem: Problem, start: State, smallGain: number): State {
  let state = start;
  let equations = normalEquations(problem, state);
  let damping = 1e-3;
  for (let i = 0; i < ITERATIONS && damping < 1e4; i++) {
    const next = stepped(problem, state, equations, damping);
    const nextEquations = normalEquations(problem, next);
    const gain = equations.misfit - nextEquations.misfit;
    if (!(gain >= 0)) {
      damping *= 12;
      continue;
    }
    state = next;
    equations = nextEquations;
    damping = Math.max(1e-9, damping / 8);
    if (gain < smallGain) break;
  }
  return state;
}

function stepped(
  problem: Problem,
  state: State,
  { matrix, vector }: ReturnType<typeof normalEquations>,
  damping: number,
): State {
  const damped = matrix.map((row, a) => row.map((v, b) => (a === b ? v * (1 + damping) + 1e-12 : v)));
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
  const { matrix, scalarAt } = normalEquations(problem, state);
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
      sigmas:
        driftSize / Math.sqrt(Math.max(1e-30, variance(scalarAt(DRIFT_C)), variance(scalarAt(DRIFT_S)))),
    },
    background: combined(backgroundTerms, state.background, bins).map((v, i) => v * course[i]!),
    envelope: combined(envelopeTerms, state.envelope, bins).map((v, i) => v * course[i]!),
    trust,
  };
}

/** L of the best smooth course without rings. */
function ringless(problem: Problem, start: State): number {
  const smooth: Problem = {
    ...problem,
    envelopeTerms: [],
    backgroundTerms: [...problem.backgroundTerms],
    free: [MEAN, COSINE, SINE, DRIFT_C, DRIFT_S],
  };
  let state: State = { ...start, envelope: new Float64Array(0) };
  for (let i = 0; i < 4; i++) {
    const { matrix, vector } = normalEquations(smooth, state);
    const n = smooth.backgroundTerms.length;
    const change = solveSymmetric(
      matrix.slice(0, n).map((row) => row.slice(0, n)),
      vector.slice(0, n),
    );
    state = { ...state, background: state.background.map((v, p) => v + change[p]!) };
  }
  return misfitOf(smooth, state);
}
