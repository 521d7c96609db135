import type { LikelihoodFit } from './likelihood.ts';

/** Rings at the finest frequency must differ by direction by this part of their mean, and by so many errors. */
const FADED = 0.3;
const CERTAIN_SIGMAS = 6;

/** Direction from x, -90..90 degrees, along which rings fade most, as under a motion that was not corrected; null where none stands out. */
export function fadingDirection({ cosine, sine, sigmas }: LikelihoodFit['drift']): number | null {
  if (sigmas < CERTAIN_SIGMAS || Math.hypot(cosine, sine) < FADED) return null;
  const strongest = (Math.atan2(sine, cosine) * 90) / Math.PI;
  const weakest = strongest > 0 ? strongest - 90 : strongest + 90;
  return Math.round(weakest * 10) / 10;
}
