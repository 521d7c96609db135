/**
 * Significance is the matched filter's signal over noise. The search takes the best of many thousand models, so that
 * pure noise reaches 6 to 8 (as measured on noise, white and coloured, of 512 to 4096 pixels); rings that a
 * person sees at a glance reach 30 and more.
 */
const NOTHING = 8.5;
const BEYOND_DOUBT = 22;

/**
 * 0 no rings, 1 rings beyond doubt.
 * @param significance - see Agreement
 * @param firstRings - mean local correlation over the coarse half of the fitted range: a bump of the background that
 *   happens to match one ring does not match several
 */
export function confidenceOf(significance: number, firstRings: number): number {
  const strong = ramp(significance, NOTHING, BEYOND_DOUBT);
  return strong * ramp(firstRings, 0.1, 0.5);
}

function ramp(value: number, from: number, to: number): number {
  const t = Math.max(0, Math.min(1, (value - from) / (to - from)));
  return t * t * (3 - 2 * t);
}
