import { finalFit, firstFit, type LikelihoodFit } from './likelihood.ts';
import { type CtfOptics, type DefocusVector, defocusAlong } from './model.ts';
import { type PolarSpectrum, sectorAngle } from './polar.ts';
import { modelRings, type RingData } from './ring-data.ts';
import type { LikelihoodOptions } from './ring-model.ts';
import type { Candidate } from './search.ts';

/** How well rings and model agree. */
export interface Agreement {
  /** sum(w d m) / sqrt(sum(w m^2)); see Candidate.score. */
  readonly score: number;
  /** Normalised cross-correlation over the fitted range, -1..1. */
  readonly correlation: number;
  /** Score in standard deviations of what the model leaves over: signal to noise of the whole fit. */
  readonly significance: number;
}

/** Compares all sectors with the rings of an astigmatic defocus. */
export function agreement(
  optics: CtfOptics,
  rings: RingData,
  defocus: DefocusVector,
  fade: Float64Array,
): Agreement {
  const { bins, counts, sectors } = rings.polar;
  const model = new Float64Array(bins);
  let cross = 0;
  let square = 0;
  let power = 0;
  for (let j = 0; j < sectors; j++) {
    modelRings(optics, rings, defocusAlong(defocus, sectorAngle(j)), fade, model);
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
  const left = Math.max(1e-12, power - score * score) / (sectors * bins);
  return { score, correlation, significance: score / Math.sqrt(left) };
}

/** The best fit, and how likely it is that none of the others is the right one instead. */
export interface Refined extends LikelihoodFit {
  /** 0..1 */
  readonly unambiguous: number;
}

/** Two fits within this part of their defocus are the same answer. */
const SAME_ANSWER = 0.01;
/** Likelihoods are taken to this root: real spectra have more in them than the model, which makes all of them too sure. */
const CAUTION = 3;
/** A candidate far below the best of the search leads nowhere. */
const WORTH_A_TRY = 0.75;

/** Fits defocus and phase shift to each candidate's neighbourhood and keeps the fit that explains the spectrum best. */
export function refine(
  optics: CtfOptics,
  polar: PolarSpectrum,
  candidates: readonly Candidate[],
  options: LikelihoodOptions & { readonly minimumDefocusA: number },
  signal?: AbortSignal,
): Refined {
  const top = candidates[0]?.score ?? 0;
  const fits = candidates
    .filter(({ score }) => score >= WORTH_A_TRY * top)
    .map((candidate) => {
      signal?.throwIfAborted();
      return firstFit(optics, polar, candidate, options);
    });
  // Defocus V below half of the least allowed is no rings but background.
  const allowed = fits.filter(
    ({ defocus }) => defocus.mean - Math.hypot(defocus.cosine, defocus.sine) >= options.minimumDefocusA / 2,
  );
  const best = (allowed.length > 0 ? allowed : fits).reduce((a, b) => (b.misfit < a.misfit ? b : a));
  const others = fits.filter(({ defocus }) => Math.abs(defocus.mean / best.defocus.mean - 1) > SAME_ANSWER);
  const odds = others.reduce((sum, other) => sum + Math.exp((best.misfit - other.misfit) / CAUTION), 0);
  return { ...finalFit(best), unambiguous: 1 / (1 + odds) };
}
