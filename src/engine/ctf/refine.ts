import { finalFit, firstFit, type LikelihoodFit } from './likelihood.ts';
import { type CtfOptics, type DefocusVector, defocusAlong } from './model.ts';
import { type PolarSpectrum, sectorAngle } from './polar.ts';
import { type RingData, writeModelRings } from './ring-data.ts';
import type { LikelihoodOptions } from './ring-model.ts';
import type { Candidate } from './search.ts';

/** Agreement of rings and model. */
export interface Agreement {
  /** sum(w d m) / sqrt(sum(w m^2)); see Candidate.score. */
  readonly score: number;
  /** Normalised cross-correlation over the fitted range, -1..1. */
  readonly correlation: number;
  /** Score in standard deviations of the residuals: signal to noise of the whole fit. */
  readonly significance: number;
}

/** Compares all sectors with the rings of an astigmatic defocus. */
export function agreement(
  optics: CtfOptics,
  rings: RingData,
  defocus: DefocusVector,
  envelope: Float64Array,
): Agreement {
  const { bins, counts, sectors } = rings.polar;
  const model = new Float64Array(bins);
  let cross = 0;
  let square = 0;
  let power = 0;
  for (let j = 0; j < sectors; j++) {
    writeModelRings(optics, rings, defocusAlong(defocus, sectorAngle(j)), envelope, model);
    for (let i = 0, at = j * bins; i < bins; i++, at++) {
      const w = counts[i] as number;
      const m = model[i] as number;
      const d = rings.data[at] as number;
      cross += w * d * m;
      square += w * m * m;
      power += w * d * d;
    }
  }
  if (!(square > 0 && power > 0)) return { score: 0, correlation: 0, significance: 0 };
  const score = cross / Math.sqrt(square);
  const correlation = score / Math.sqrt(power);
  const residual = Math.max(1e-12, power - score * score) / (sectors * bins);
  return { score, correlation, significance: score / Math.sqrt(residual) };
}

/** The best fit, and the probability that none of the other candidates is the correct one. */
export interface RefinedFit extends LikelihoodFit {
  /** 0..1 */
  readonly uniqueness: number;
}

/** Two fits that differ by less than this fraction of their defocus are the same solution. */
const SAME_SOLUTION = 0.01;
/**
 * Likelihoods are raised to the power of one over this number: real spectra have features that the model
 * lacks, so that likelihoods are overconfident.
 */
const OVERCONFIDENCE = 3;
/** Candidates whose score is below this fraction of the best are not refined. */
const MIN_RELATIVE_SCORE = 0.75;

/** Refines defocus and phase shift of each candidate and keeps the fit with the highest likelihood. */
export function refine(
  optics: CtfOptics,
  polar: PolarSpectrum,
  candidates: readonly Candidate[],
  options: LikelihoodOptions & { readonly minimumDefocusA: number },
  signal?: AbortSignal,
): RefinedFit {
  const bestScore = candidates[0]?.score ?? 0;
  const fits = candidates
    .filter(({ score }) => score >= MIN_RELATIVE_SCORE * bestScore)
    .map((candidate) => {
      signal?.throwIfAborted();
      return firstFit(optics, polar, candidate, options);
    });
  // A defocus V below half of the minimum defocus is a fit to the background, not to rings.
  const allowedFits = fits.filter(
    ({ defocus }) => defocus.mean - Math.hypot(defocus.cosine, defocus.sine) >= options.minimumDefocusA / 2,
  );
  const best = (allowedFits.length > 0 ? allowedFits : fits).reduce((a, b) => (b.misfit < a.misfit ? b : a));
  const otherFits = fits.filter(
    ({ defocus }) => Math.abs(defocus.mean / best.defocus.mean - 1) > SAME_SOLUTION,
  );
  const odds = otherFits.reduce(
    (sum, other) => sum + Math.exp((best.misfit - other.misfit) / OVERCONFIDENCE),
    0,
  );
  return { ...finalFit(best), uniqueness: 1 / (1 + odds) };
}
