import { roundDown } from '../data/statistics.ts';

export interface ScaleBar {
  readonly px: number;
  readonly label: string;
}

const ANGSTROM_PER_NM = 10;
const NM_PER_MICROMETRE = 1000;

/** A bar of a round length, as long as possible within `mostPx`. @param angstromPerPx - on the screen */
export function scaleBar(angstromPerPx: number, mostPx: number): ScaleBar {
  const lengthA = roundDown(angstromPerPx * mostPx);
  const nm = lengthA / ANGSTROM_PER_NM;
  const label =
    nm < 1 ? `${lengthA} Å` : nm < NM_PER_MICROMETRE ? `${nm} nm` : `${nm / NM_PER_MICROMETRE} µm`;
  return { px: lengthA / angstromPerPx, label };
}
