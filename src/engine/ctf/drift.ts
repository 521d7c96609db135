import type { LikelihoodFit } from './likelihood.ts';

/**
 * Limits for reporting drift: minimum variation of the ring amplitude with direction at the highest
 * frequency, relative to its mean and in standard errors.
 */
const MIN_DRIFT = 0.3;
const MIN_DRIFT_SIGMAS = 6;

/**
 * Angle of the direction along which rings fade most, as after uncorrected motion, measured from the x axis,
 * -90..90 degrees; null if no direction is significant.
 */
export function fadingDirection({ cosine, sine, sigmas }: LikelihoodFit['drift']): number | null {
  if (sigmas < MIN_DRIFT_SIGMAS || Math.hypot(cosine, sine) < MIN_DRIFT) return null;
  const strongest = (Math.atan2(sine, cosine) * 90) / Math.PI;
  const weakest = strongest > 0 ? strongest - 90 : strongest + 90;
  return Math.round(weakest * 10) / 10;
}
