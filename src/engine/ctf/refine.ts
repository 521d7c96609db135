import { type CtfOptics, type DefocusVector, defocusAlong } from './model.ts';
import { type LikelihoodFit, type LikelihoodOptions, likelihoodFit } from './likelihood.ts';
import { type PolarSpectrum, sectorAngle } from './polar.ts';
import { type Candidate, modelRings, type RingData } from './search.ts';

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

/** Fits defocus and phase shift to each candidate's neighbourhood and keeps the one that explains the spectrum best. */
export function refine(
  optics: CtfOptics,
  polar: PolarSpectrum,
  candidates: readonly Candidate[],
  options: LikelihoodOptions & { readonly minimumDefocusA: number },
  signal?: AbortSignal,
): LikelihoodFit {
  const fits = candidates.map((candidate) => {
    signal?.throwIfAborted();
    return likelihoodFit(optics, polar, candidate, options);
  });
  // Defocus V below half of the least allowed is no rings but background.
  const allowed = fits.filter(
    ({ defocus }) => defocus.mean - Math.hypot(defocus.cosine, defocus.sine) >= options.minimumDefocusA / 2,
  );
  const best = (allowed.length > 0 ? allowed : fits).reduce((a, b) => (b.misfit < a.misfit ? b : a));
  return likelihoodFit(optics, polar, best, { ...options, robust: true });
}
