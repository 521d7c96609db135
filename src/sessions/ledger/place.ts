import type { MovieMetadata } from '../../contract/metadata.ts';
import { readEpuNames } from '../../formats/epu-names.ts';

/**
 * Columns of a movie that say where on the grid it was taken and what was asked for there, in the order of
 * `placeValues`.
 */
export const PLACE_COLUMNS = [
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
 * What names say, and what metadata adds.
 * @param path - of the movie, relative to raw
 */
export function placeValues(path: string, metadata: MovieMetadata | undefined): (number | string | null)[] {
  const names = readEpuNames(path);
  const told = metadata && namesOf(metadata);
  return [
    told?.gridSquare ?? names.gridSquare,
    told?.hole ?? names.hole,
    told?.holePosition ?? names.holePosition,
    metadata?.stageUm?.x ?? null,
    metadata?.stageUm?.y ?? null,
    metadata?.beamShift?.[0] ?? null,
    metadata?.beamShift?.[1] ?? null,
    metadata?.beamShift ? metadata.beamShiftUnit : null,
    metadata?.targetDefocusUm ?? null,
  ];
}

/**
 * SerialEM knows no squares: it labels the points that are added together, as those of a square are,
 * `<group>-<n>`; with multiple shots it counts holes around a point (one number, or column and row) and shots
 * in each. A point without a group that has holes around it stands for a square; one without either says
 * nothing.
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
