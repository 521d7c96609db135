import { createRandom } from '../base/random.ts';
import type { GridPosition } from './grid.ts';

export interface EpuNames {
  /** Folder of the movie, relative to `raw`, with slashes. */
  readonly folder: string;
  /** Name without `_fractions` and extension. */
  readonly base: string;
}

/**
 * Directories and file names as in EPU:
 * `Images-Disc1/GridSquare_<id>/Data/FoilHole_<hole>_Data_<area>_<n>_<date>_<time>`.
 */
export function epuNames(
  seed: number,
  { square, hole, exposure }: Pick<GridPosition, 'square' | 'hole' | 'exposure'>,
  acquiredAt: Date,
): EpuNames {
  const firstId = Math.floor(createRandom(seed, 5).between(10_000_000, 80_000_000));
  const holeId = firstId + 1000 + hole * 7;
  const areaId = firstId + 100 + exposure * 2;
  return {
    folder: `Images-Disc1/GridSquare_${firstId + square * 3}/Data`,
    base: `FoilHole_${holeId}_Data_${areaId}_${exposure + 1}_${epuTime(acquiredAt)}`,
  };
}

/** `yyyymmdd_hhmmss`, in UTC so that names do not depend on the machine. */
export function epuTime(time: Date): string {
  return time.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '_');
}
