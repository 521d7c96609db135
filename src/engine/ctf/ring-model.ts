import { smoothBasis, smoothPart } from './background.ts';
import { type CtfOptics, ctfPhase, type DefocusVector, defocusAlong } from './model.ts';
import { type PolarSpectrum, sectorAngle } from './polar.ts';

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

const BACKGROUND_PIECES = { most: 8, rings: 1.2 };
const ENVELOPE_PIECES = { most: 7, rings: 1.2 };
/** Expected power never falls below this part of the course. */
const FLOOR = 0.02;

/** Fading by direction is a small correction: it is held near zero, +-0.5, where no rings determine it. */
export const DRIFT_PRIOR = 4;

/** Columns of the fit that are no splines: three of the defocus, two of drift, one of the phase shift. */
export const SCALARS = 6;
export const [MEAN, COSINE, SINE, DRIFT_C, DRIFT_S, PHASE] = [0, 1, 2, 3, 4, 5] as const;

/**
 * The model of a spectrum that the likelihood is computed with (formula: likelihood.ts): splines of background and envelope, and six
 * numbers. Powers are in units of `course`, which is smooth.
 */
export interface Problem {
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
export function firstState(problem: Problem, start: LikelihoodStart): State {
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
  return {
    background: constant(problem.backgroundTerms, 0.85),
    envelope: constant(problem.envelopeTerms, 0.3),
    scalars,
  };
}

export function combined(terms: readonly Float64Array[], factors: Float64Array, bins: number): Float64Array {
  const sum = new Float64Array(bins);
  terms.forEach((f, p) => {
    const c = factors[p] as number;
    for (let i = 0; i < bins; i++) sum[i] = (sum[i] as number) + c * (f[i] as number);
  });
  return sum;
}

export function defocusOf(scalars: Float64Array): DefocusVector {
  return { mean: scalars[MEAN] ?? 0, cosine: scalars[COSINE] ?? 0, sine: scalars[SINE] ?? 0 };
}

/** Calls `visit` for every cell that has pixels, with all that the model says of it (in units of the course). */
export function eachCell(
  problem: Problem,
  state: State,
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

export function misfitOf(problem: Problem, state: State, leastEnvelope = -Infinity): number {
  const { polar, power, course, trust } = problem;
  let sum = 0;
  eachCell(
    problem,
    state,
    (i, _j, at, level) => {
      sum += polar.weight[at]! * trust[i]! * (Math.log(level) + power[at]! / course[i]! / level);
    },
    leastEnvelope,
  );
  return sum + priors(problem, state);
}

export function priors({ priorPerA2 }: Problem, { scalars }: State): number {
  const { cosine, sine } = defocusOf(scalars);
  const drift = scalars[DRIFT_C]! ** 2 + scalars[DRIFT_S]! ** 2;
  return 0.5 * (priorPerA2 * (cosine * cosine + sine * sine) + DRIFT_PRIOR * drift);
}
