import type { MovieMetadata } from '../../contract/metadata.ts';
import { readEpuNames } from '../../formats/epu-names.ts';

/**
 * Columns of a movie with its position on the grid and the target values there, in the order of
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
 * The position from file names, completed by metadata.
 * @param path - of the movie, relative to raw
 */
export function gridPositionValues(
  path: string,
  metadata: MovieMetadata | undefined,
): (number | string | null)[] {
  const names = readEpuNames(path);
  const reported = metadata && namesOf(metadata);
  return [
    reported?.gridSquare ?? names.gridSquare,
    reported?.hole ?? names.hole,
    reported?.holePosition ?? names.holePosition,
    metadata?.stageUm?.x ?? null,
    metadata?.stageUm?.y ?? null,
    metadata?.beamShift?.[0] ?? null,
    metadata?.beamShift?.[1] ?? null,
    metadata?.beamShift ? metadata.beamShiftUnit : null,
    metadata?.targetDefocusUm ?? null,
  ];
}

/**
 * SerialEM has no squares: it labels points that are added together, such as those of a square,
 * `<group>-<n>`; with multiple exposures it numbers holes around a point (one number, or column and row) and
 * exposures in each. A point without a group but with holes around it is treated as a square; one without
 * either gives no position.
 */
function namesOf({ program, gridSquare, hole: label, holePosition }: MovieMetadata): Names {
  if (program !== 'SerialEM') return { gridSquare, hole: label, holePosition };
  const numbers = holePosition?.split(/\s+/).filter(Boolean) ?? [];
  const around = numbers.slice(0, -1).join(',');
  const group = label && /^(.+)-\d+$/.exec(label)?.[1];
  return {
    gridSquare: group ?? (around === '' ? null : label),
    hole: label === null ? null : [label, around].filter(Boolean).join('/'),
    holePosition: numbers.at(-1) ?? null,
  };
}
