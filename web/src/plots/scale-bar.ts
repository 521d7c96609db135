import { niceNumberAtMost } from '../data/statistics.ts';

export interface ScaleBar {
  readonly px: number;
  readonly label: string;
}

const ANGSTROM_PER_NM = 10;
const NM_PER_MICROMETRE = 1000;

/**
 * A bar with a round number as its length, as long as possible within `maxPx`.
 * @param angstromPerPx - on the screen
 */
export function scaleBar(angstromPerPx: number, maxPx: number): ScaleBar {
  const lengthA = niceNumberAtMost(angstromPerPx * maxPx);
  const nm = lengthA / ANGSTROM_PER_NM;
  const label =
    nm < 1 ? `${lengthA} Å` : nm < NM_PER_MICROMETRE ? `${nm} nm` : `${nm / NM_PER_MICROMETRE} µm`;
  return { px: lengthA / angstromPerPx, label };
}
