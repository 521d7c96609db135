/**
 * Significance is the matched filter's signal over noise. The search takes the best of many thousand models, so that
 * pure noise reaches 6 to 8 (as measured on noise, white and coloured, of 512 to 4096 pixels); rings that a
 * person sees at a glance reach 30 and more.
 */
const NOTHING = 8.5;
const BEYOND_DOUBT = 22;

/** What speaks for a fit. */
export interface Evidence {
  /** See Agreement. */
  readonly significance: number;
  /** Mean local correlation over the coarse half of the fitted range: a bump of the background that matches one ring does not match several. */
  readonly firstRings: number;
  /** See Refined. */
  readonly unambiguous: number;
  /** Standard error of the mean defocus over the defocus. */
  readonly relativeError: number;
}

/** 0 no rings, 1 rings beyond doubt. From GOOD_CONFIDENCE on the defocus is right within 2 % (bench/ctf). */
export function confidenceOf({ significance, firstRings, unambiguous, relativeError }: Evidence): number {
  const strong = ramp(significance, NOTHING, BEYOND_DOUBT);
  const several = ramp(firstRings, 0.1, 0.5);
  const alone = ramp(unambiguous, 0.7, 0.99);
  const exact = ramp(0.02 / Math.max(1e-9, relativeError), 1.5, 3.5);
  return strong * several * alone * exact;
}

function ramp(value: number, from: number, to: number): number {
  const t = Math.max(0, Math.min(1, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
