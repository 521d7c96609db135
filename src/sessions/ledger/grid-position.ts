import type { MovieMetadata } from '../../contract/metadata.ts';
import { readEpuNames } from '../../formats/epu-names.ts';

/**
 * Columns with the position of a movie on the grid and its target defocus, in the order of
 * `gridPositionValues`.
 */
export const POSITION_COLUMNS = [
  'grid_square',
  'hole',
  'shot',
  'stage_x_um',
  'stage_y_um',
  'shift_x',
  'shift_y',
  'shift_unit',
  'target_defocus_um',
] as const;

type Names = Pick<MovieMetadata, 'gridSquare' | 'hole' | 'holePosition'>;

/**
 * Values of `POSITION_COLUMNS` from file names and metadata.
 * @param path - of the movie, relative to raw
 */
export function gridPositionValues(
  path: string,
  metadata: MovieMetadata | undefined,
): (number | string | null)[] {
  const names = readEpuNames(path);
  const reportedNames = metadata && namesOf(metadata);
  return [
    reportedNames?.gridSquare ?? names.gridSquare,
    reportedNames?.hole ?? names.hole,
    reportedNames?.holePosition ?? names.holePosition,
    metadata?.stageUm?.x ?? null,
    metadata?.stageUm?.y ?? null,
    metadata?.beamShift?.[0] ?? null,
    metadata?.beamShift?.[1] ?? null,
    metadata?.beamShift ? metadata.beamShiftUnit : null,
    metadata?.targetDefocusUm ?? null,
  ];
}

/**
 * Names of square, hole and exposure. SerialEM does not name squares: it labels points that are added
 * together, such as those of a square, `<group>-<n>`; with multiple exposures, it numbers holes around a
 * point (by one number, or by column and row) and the exposures in each hole. A point without a group but
 * with holes around it is treated as a square. A point with neither gives no square.
 */
function namesOf({ program, gridSquare, hole: label, holePosition }: MovieMetadata): Names {
  if (program !== 'SerialEM') return { gridSquare, hole: label, holePosition };
  const numbers = holePosition?.split(/\s+/).filter(Boolean) ?? [];
  const holeNumbers = numbers.slice(0, -1).join(',');
  const group = label && /^(.+)-\d+$/.exec(label)?.[1];
  return {
    gridSquare: group ?? (holeNumbers === '' ? null : label),
    hole: label === null ? null : [label, holeNumbers].filter(Boolean).join('/'),
    holePosition: numbers.at(-1) ?? null,
  };
}
