import { type LocalSplines, localSplines, splineSum } from './background.ts';
import { type CtfOptics, ctfPhase, type DefocusVector, defocusAlong } from './model.ts';
import { type PolarSpectrum, sectorAngle } from './polar.ts';

export interface LikelihoodStart {
  readonly defocus: DefocusVector;
  readonly phaseShiftRad: number;
}

export interface LikelihoodOptions {
  /** Limits of the phase shift, radians, if it is fitted. */
  readonly phaseRange?: readonly [number, number] | undefined;
  /** Expected astigmatism: standard deviation of U - V. */
  readonly expectedAstigmatismA?: number | undefined;
}

const BACKGROUND_PIECES = { maxPieces: 8, minRings: 1.5 };
const ENVELOPE_PIECES = { maxPieces: 9, minRings: 0.8 };
/**
 * Expected second difference of a curve's logarithm from knot to knot, one standard deviation. The spectra of
 * the film and of counting noise fall smoothly; below the first maximum, only this distinguishes background
 * from envelope.
 */
const EXPECTED_CURVATURE = { background: 0.25, envelope: 0.35 };
/** Enough curvature for the broad peaks of amorphous ice and of structures. */
const RINGLESS = { pieces: 5, curvature: 1 };
/**
 * Prior of the height of the rings, which applies where there are no rings: this fraction of the spectrum,
 * within a factor of exp(spread).
 */
const ENVELOPE_PRIOR = { fraction: 0.1, spread: 3 };
/** Initial background and height of the rings, fractions of `unit`. */
const INITIAL = { background: 0.8, envelope: 0.3 };

/**
 * Weight of the prior of anisotropic fading, 0 +- 0.5: it is a small correction, and the rings can be too
 * weak to determine it.
 */
export const DRIFT_PRIOR = 4;

/**
 * Parameters of the fit that are not splines: three of the defocus, two of drift, and the phase shift if it
 * is fitted.
 */
export const [MEAN, COSINE, SINE, DRIFT_C, DRIFT_S, PHASE] = [0, 1, 2, 3, 4, 5] as const;

/** A curve that is positive and smooth: the exponential of a spline. */
export interface Curve {
  readonly splines: LocalSplines;
  /** See EXPECTED_CURVATURE. */
  readonly curvature: number;
  /** Expected value of each coefficient and its weight, 1 / variance; 0: none. */
  readonly level: number;
  readonly levelWeight: number;
}

/**
 * The model of a spectrum from which the likelihood is computed (formula: likelihood.ts): logarithms of
 * background and envelope as splines, and up to six scalars. Cells are stored by frequency, `bin * sectors +
 * sector`; powers are relative to `unit`, the median power.
 */
export interface Problem {
  readonly optics: CtfOptics;
  readonly bins: number;
  readonly sectors: number;
  /** Squared frequency of each bin, 1/A^2. */
  readonly s: Float64Array;
  /** Power of each cell relative to `unit`. */
  readonly power: Float64Array;
  /** Independent values in each cell. */
  readonly weight: Float64Array;
  readonly unit: number;
  readonly background: Curve;
  readonly envelope: Curve;
  /** The curve of a spectrum without rings, for comparison: more flexible than the background. */
  readonly ringless: Curve;
  readonly cos2: Float64Array;
  readonly sin2: Float64Array;
  /** Weight of each bin, 0..1. */
  readonly trust: Float64Array;
  /** Number of fitted scalars: 6 with a phase shift, else 5. */
  readonly scalarCount: 5 | 6;
  readonly phaseRange: readonly [number, number] | null;
  /** Weight of the prior of the astigmatism, 1/A^2; 0: none. */
  readonly priorPerA2: number;
  /** Highest squared frequency, 1/A^2; the k^2 of the drift is divided by it. */
  readonly maxS: number;
}

export interface State {
  readonly background: Float64Array;
  readonly envelope: Float64Array;
  readonly scalars: Float64Array;
}

export function problemOf(
  optics: CtfOptics,
  polar: PolarSpectrum,
  start: LikelihoodStart,
  options: LikelihoodOptions,
): Problem {
  const { bins, s, frequency, ringAmplitude, sectors } = polar;
  const abscissa = frequency.map((f) => Math.sqrt(f));
  const unit = ringAmplitude.map((r) => r * r).toSorted()[bins >> 1] || 1;
  const phaseAt = (i: number) => ctfPhase(optics, start.defocus.mean, s[i] ?? 0);
  const ringCount = Math.abs(phaseAt(bins - 1) - phaseAt(0)) / Math.PI;
  const splinesOf = ({ maxPieces, minRings: ringsPerPiece }: { maxPieces: number; minRings: number }) =>
    localSplines(abscissa, Math.max(1, Math.min(maxPieces, Math.floor(ringCount / ringsPerPiece))));
  const power = new Float64Array(bins * sectors);
  const weight = new Float64Array(bins * sectors);
  for (let j = 0; j < sectors; j++) {
    for (let i = 0; i < bins; i++) {
      const at = j * bins + i;
      power[i * sectors + j] = polar.amplitude[at]! ** 2 / unit;
      weight[i * sectors + j] = polar.weight[at]!;
    }
  }
  const angles = new Float64Array(sectors).map((_, j) => sectorAngle(j));
  return {
    optics,
    bins,
    sectors,
    s,
    power,
    weight,
    unit,
    maxS: s[bins - 1] ?? 1,
    background: {
      splines: splinesOf(BACKGROUND_PIECES),
      curvature: EXPECTED_CURVATURE.background,
      level: 0,
      levelWeight: 0,
    },
    envelope: {
      splines: splinesOf(ENVELOPE_PIECES),
      curvature: EXPECTED_CURVATURE.envelope,
      level: Math.log(ENVELOPE_PRIOR.fraction),
      levelWeight: 1 / ENVELOPE_PRIOR.spread ** 2,
    },
    ringless: {
      splines: localSplines(abscissa, RINGLESS.pieces),
      curvature: RINGLESS.curvature,
      level: 0,
      levelWeight: 0,
    },
    cos2: angles.map((a) => Math.cos(2 * a)),
    sin2: angles.map((a) => Math.sin(2 * a)),
    trust: new Float64Array(bins).fill(1),
    scalarCount: options.phaseRange ? 6 : 5,
    phaseRange: options.phaseRange ?? null,
    // A Gaussian prior on the two components of the half astigmatism.
    priorPerA2: options.expectedAstigmatismA ? (2 / options.expectedAstigmatismA) ** 2 : 0,
  };
}

export function firstState({ background, envelope }: Problem, start: LikelihoodStart): State {
  const scalars = new Float64Array(6);
  scalars[MEAN] = start.defocus.mean;
  scalars[COSINE] = start.defocus.cosine;
  scalars[SINE] = start.defocus.sine;
  scalars[PHASE] = start.phaseShiftRad;
  // The splines add up to one everywhere: equal coefficients give a constant.
  return {
    background: new Float64Array(background.splines.count).fill(Math.log(INITIAL.background)),
    envelope: new Float64Array(envelope.splines.count).fill(Math.log(INITIAL.envelope)),
    scalars,
  };
}

export function curveOf({ splines }: Curve, coefficients: Float64Array): Float64Array {
  return splineSum(splines, coefficients).map(Math.exp);
}

export function defocusOf(scalars: Float64Array): DefocusVector {
  return { mean: scalars[MEAN] ?? 0, cosine: scalars[COSINE] ?? 0, sine: scalars[SINE] ?? 0 };
}

/** Defocus and drift of each sector. */
export function sectorValues({ sectors, cos2, sin2 }: Problem, { scalars }: State) {
  const defocus = defocusOf(scalars);
  const defocusA = new Float64Array(sectors).map((_, j) => defocusAlong(defocus, sectorAngle(j)));
  const drift = defocusA.map((_, j) => scalars[DRIFT_C]! * cos2[j]! + scalars[DRIFT_S]! * sin2[j]!);
  return { defocusA, drift };
}

/** Expected power of each cell relative to `unit`, by bin and sector. */
export function levelsOf(problem: Problem, state: State): Float64Array {
  const { bins, sectors, s, optics, maxS } = problem;
  const background = curveOf(problem.background, state.background);
  const envelope = curveOf(problem.envelope, state.envelope);
  const { defocusA, drift } = sectorValues(problem, state);
  const fittedOptics = { ...optics, constantPhase: optics.constantPhase + state.scalars[PHASE]! };
  const levels = new Float64Array(bins * sectors);
  for (let i = 0, at = 0; i < bins; i++) {
    for (let j = 0; j < sectors; j++, at++) {
      const height = envelope[i]! * (1 + (drift[j]! * s[i]!) / maxS);
      levels[at] = background[i]! + height * Math.sin(ctfPhase(fittedOptics, defocusA[j]!, s[i]!)) ** 2;
    }
  }
  return levels;
}

export function scalarPriors({ priorPerA2 }: Problem, { scalars }: State): number {
  const { cosine, sine } = defocusOf(scalars);
  const drift = scalars[DRIFT_C]! ** 2 + scalars[DRIFT_S]! ** 2;
  return 0.5 * (priorPerA2 * (cosine * cosine + sine * sine) + DRIFT_PRIOR * drift);
}

/**
 * Penalty of a curve's coefficients: half the squared deviation from the expectation; its gradient and
 * Hessian are passed to `add`.
 */
export function curvePrior(
  { curvature, level, levelWeight }: Curve,
  coefficients: Float64Array,
  add?: (indices: readonly number[], factors: readonly number[], residual: number, weight: number) => void,
): number {
  let cost = 0;
  const addTerm = (
    indices: readonly number[],
    factors: readonly number[],
    target: number,
    weight: number,
  ) => {
    const residual = indices.reduce((sum, p, k) => sum + factors[k]! * coefficients[p]!, -target);
    cost += 0.5 * weight * residual * residual;
    add?.(indices, factors, residual, weight);
  };
  for (let p = 0; p < coefficients.length; p++) {
    if (p >= 2) addTerm([p - 2, p - 1, p], [1, -2, 1], 0, 1 / curvature ** 2);
    if (levelWeight > 0) addTerm([p], [1], level, levelWeight);
  }
  return cost;
}
