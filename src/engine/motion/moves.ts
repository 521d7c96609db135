import type { Shift } from './align-tasks.ts';
import { findPeak, withNeighbours } from './peak.ts';

/** A peak below this many standard deviations is sought again together with its neighbours' correlations. */
const SAFE_SCORE = 6;

/**
 * How far each spectrum still is from the others.
 * @param squares - its correlations, see `correlateCrops`
 * @param longestReach - neighbours to each side that may help; 0 where errors must be independent
 */
export function movesOf(squares: readonly Float32Array[], window: number, longestReach: number): Shift[] {
  return squares.map((square, i) => {
    let peak = findPeak(square, window);
    for (let reach = 1; reach <= longestReach && peak.score < SAFE_SCORE; reach++) {
      const wider = findPeak(withNeighbours(squares, i, reach), window);
      if (wider.score > peak.score) peak = wider;
    }
    return [peak.x, peak.y] as const;
  });
}
