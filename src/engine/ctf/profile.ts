import { smoothBasis } from './background.ts';
import { solveLeastSquares } from './least-squares.ts';
import { type CtfOptics, ctfPhase, type DefocusVector, defocusAlong, equalPhaseS } from './model.ts';
import { type PolarSpectrum, sectorAngle } from './polar.ts';

/** The rings of a spectrum averaged to one radial profile. */
export interface RingProfile {
  readonly frequency: Float64Array;
  /** 0 at the zeros of the CTF, about 1 at its maxima. */
  readonly data: Float64Array;
  /** sin^2 of the phase at the mean defocus. */
  readonly model: Float64Array;
  /** Amplitude between rings, relative: the noise floor of the spectrum. */
  readonly background: Float64Array;
  /** Height of the rings above the background. */
  readonly envelope: Float64Array;
  /** Standard deviation of a polar cell's amplitude around the mean of its ring. */
  readonly spread: Float64Array;
}

/**
 * Maximum number of spline pieces of background and envelope, and minimum number of rings per piece, so that
 * the splines cannot follow the rings.
 */
const BACKGROUND_PIECES = { maxPieces: 9, minRings: 2 };
const ENVELOPE_PIECES = { maxPieces: 4, minRings: 4 };
/**
 * Minimum envelope by which the data are divided: a fraction of its maximum, and twice the error of the
 * average. This limits the noise at frequencies where the rings have faded.
 */
const ENVELOPE_FLOOR = 0.08;

/**
 * Averages along lines of equal phase (Zhang 2016, Gctf): a cell in a direction with defocus D(theta) is
 * added at the frequency at which the mean defocus has the same phase, so that rings are not blurred by
 * astigmatism. Then background and envelope, both smooth, are fitted together: amplitude = background +
 * envelope * CTF^2.
 */
export function ringProfile(optics: CtfOptics, polar: PolarSpectrum, defocus: DefocusVector): RingProfile {
  const { bins, frequency, counts, s } = polar;
  const amplitude = equalPhaseAverage(optics, polar, defocus);
  const model = s.map((v) => Math.sin(ctfPhase(optics, defocus.mean, v)) ** 2);
  const abscissa = frequency.map((f) => Math.sqrt(f));
  const ones = counts.map(() => 1);
  const phaseAt = (i: number) => ctfPhase(optics, defocus.mean, s[i] ?? 0);
  const ringCount = Math.abs(phaseAt(bins - 1) - phaseAt(0)) / Math.PI;
  const terms = (pieces: { readonly maxPieces: number; readonly minRings: number }) =>
    smoothBasis(
      abscissa,
      ones,
      Math.max(1, Math.min(pieces.maxPieces, Math.floor(ringCount / pieces.minRings))),
    ).functions;
  const backgroundTerms = terms(BACKGROUND_PIECES);
  const envelopeTerms = terms(ENVELOPE_PIECES);
  // Relative errors are uniform over the spectrum: the weight is the number of pixels over the squared
  // amplitude.
  const weights = counts.map((c, i) => c / Math.max(1e-12, amplitude[i] ?? 0) ** 2);
  const columns = [...backgroundTerms, ...envelopeTerms.map((f) => f.map((v, i) => v * (model[i] ?? 0)))];
  const solution = solveLeastSquares(columns, amplitude, weights);
  const background = new Float64Array(bins);
  const envelope = new Float64Array(bins);
  columns.forEach((_, j) => {
    const curve = j < backgroundTerms.length ? background : envelope;
    const f = j < backgroundTerms.length ? backgroundTerms[j] : envelopeTerms[j - backgroundTerms.length];
    for (let i = 0; i < bins; i++) curve[i] = (curve[i] ?? 0) + (solution[j] ?? 0) * (f?.[i] ?? 0);
  });
  const spread = ringSpread(polar);
  const minEnvelope = ENVELOPE_FLOOR * Math.max(...envelope, 1e-12);
  for (let i = 0; i < bins; i++) {
    const error = (spread[i] ?? 0) / Math.sqrt(polar.sectors);
    envelope[i] = Math.max(envelope[i] ?? 0, minEnvelope, 2 * error);
  }
  const data = amplitude.map((a, i) => (a - (background[i] ?? 0)) / (envelope[i] ?? 1));
  return { frequency, data, model, background, envelope, spread };
}

/**
 * Root mean square deviation of the cells from their ring, over all directions and nine neighbouring rings.
 */
function ringSpread({ bins, sectors, amplitude, ringAmplitude }: PolarSpectrum): Float64Array {
  const variance = ringAmplitude.map((mean, i) => {
    let sum = 0;
    for (let j = 0; j < sectors; j++) sum += ((amplitude[j * bins + i] ?? 0) - mean) ** 2;
    return sum / sectors;
  });
  return variance.map((_, i) => {
    const neighbours = variance.subarray(Math.max(0, i - 4), i + 5);
    return Math.sqrt(neighbours.reduce((a, b) => a + b, 0) / neighbours.length);
  });
}

/**
 * Root mean square of the amplitudes over all directions, each amplitude at the frequency at which the mean
 * defocus has the same phase.
 */
function equalPhaseAverage(optics: CtfOptics, polar: PolarSpectrum, defocus: DefocusVector): Float64Array {
  const { bins, sectors, firstBin, stepPerA, s } = polar;
  const sum = new Float64Array(bins);
  const weight = new Float64Array(bins);
  for (let j = 0; j < sectors; j++) {
    const defocusA = defocusAlong(defocus, sectorAngle(j));
    for (let i = 0; i < bins; i++) {
      const sAtMean = equalPhaseS(optics, defocusA, defocus.mean, s[i] ?? 0);
      const at = Math.sqrt(sAtMean) / stepPerA - firstBin;
      distributeBetweenBins(sum, weight, at, (polar.amplitude[j * bins + i] ?? 0) ** 2);
    }
  }
  return sum.map((v, b) =>
    (weight[b] ?? 0) > 0.1 ? Math.sqrt(v / (weight[b] ?? 1)) : (polar.ringAmplitude[b] ?? 0),
  );
}

/** Distributes a value linearly between the two nearest bins. */
function distributeBetweenBins(sum: Float64Array, weight: Float64Array, at: number, value: number): void {
  const bin = Math.floor(at);
  for (let side = 0; side < 2; side++) {
    const b = bin + side;
    if (b < 0 || b >= sum.length) continue;
    const w = side === 0 ? 1 - (at - bin) : at - bin;
    sum[b] = (sum[b] ?? 0) + w * value;
    weight[b] = (weight[b] ?? 0) + w;
  }
}
