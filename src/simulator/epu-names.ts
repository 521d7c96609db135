import { createRandom } from './random.ts';

/** Movies that EPU takes in one hole, and holes in one grid square, before it goes on. */
const MOVIES_PER_HOLE = 4;
const HOLES_PER_SQUARE = 10;

export interface EpuNames {
  /** Folder of the movie, relative to `raw`, with slashes. */
  readonly folder: string;
  /** Name without `_fractions` and extension. */
  readonly base: string;
}

/**
 * Tree and names as EPU makes them: `Images-Disc1/GridSquare_<id>/Data/FoilHole_<hole>_Data_<area>_<n>_<date>_<time>`.
 * @param number - 1-based
 */
export function epuNames(seed: number, number: number, acquiredAt: Date): EpuNames {
  const index = number - 1;
  const hole = Math.floor(index / MOVIES_PER_HOLE);
  const area = index % MOVIES_PER_HOLE;
  const square = Math.floor(hole / HOLES_PER_SQUARE);
  const firstId = Math.floor(createRandom(seed, 5).between(10_000_000, 80_000_000));
  const holeId = firstId + 1000 + hole * 7;
  const areaId = firstId + 100 + area * 2;
  return {
    folder: `Images-Disc1/GridSquare_${firstId + square * 3}/Data`,
    base: `FoilHole_${holeId}_Data_${areaId}_${area + 1}_${epuTime(acquiredAt)}`,
  };
}

/** `yyyymmdd_hhmmss`, in UTC so that names do not depend on the machine. */
export function epuTime(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
}
