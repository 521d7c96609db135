import type { Shift } from './align-tasks.ts';
import { findPeak, sumWithNeighbours } from './peak.ts';

/**
 * If a peak is lower than this many standard deviations, the correlations of neighbouring spectra are added.
 */
const SAFE_SCORE = 6;

/**
 * Residual shift of each spectrum relative to the others.
 * @param correlations - cross-correlation map of each spectrum, see `correlateCrops`
 * @param maxReach - maximum number of neighbours added on each side; 0 if the errors must be independent
 */
export function residualShifts(
  correlations: readonly Float32Array[],
  window: number,
  maxReach: number,
): Shift[] {
  return correlations.map((correlation, i) => {
    let peak = findPeak(correlation, window);
    for (let reach = 1; reach <= maxReach && peak.score < SAFE_SCORE; reach++) {
      const widerPeak = findPeak(sumWithNeighbours(correlations, i, reach), window);
      if (widerPeak.score > peak.score) peak = widerPeak;
    }
    return [peak.x, peak.y] as const;
  });
}
