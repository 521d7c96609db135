import { type CtfOptics, type DefocusVector, defocusAlong } from './model.ts';
import { sectorAngle } from './polar.ts';
import { type Candidate, fading, modelRings, type RingData } from './search.ts';
import { maximise } from './simplex.ts';

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

/**
 * Refines mean, astigmatism and direction together from the grid's best candidates.
 * @returns the best of all refined candidates
 */
export function refine(
  optics: CtfOptics,
  rings: RingData,
  candidates: readonly Candidate[],
  minimumDefocusA: number,
  signal?: AbortSignal,
): Candidate {
  let best: Candidate | undefined;
  for (const candidate of candidates) {
    signal?.throwIfAborted();
    const fade = fading(rings.polar, candidate.bFactorA2);
    const { mean, cosine, sine } = candidate.defocus;
    const found = maximise(
      ([m = 0, c = 0, n = 0]) => {
        // Defocus V below half of the least allowed is no rings but background.
        if (m - Math.hypot(c, n) < minimumDefocusA / 2) return -Infinity;
        return agreement(optics, rings, { mean: m, cosine: c, sine: n }, fade).score;
      },
      [mean, cosine, sine],
      [40, 60, 60],
      { tolerance: 0.5, evaluations: 120 },
    );
    const [m = mean, c = cosine, n = sine] = found.at;
    if (!best || found.value > best.score) {
      best = {
        defocus: { mean: m, cosine: c, sine: n },
        bFactorA2: candidate.bFactorA2,
        score: found.value,
      };
    }
  }
  if (!best) throw new Error('refine needs at least one candidate');
  return best;
}
