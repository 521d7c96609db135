import type { ResultRecord } from '../../../src/contract/record.ts';
import { niceNumberAtMost } from '../data/statistics.ts';

type Pair = readonly [number, number];

interface LocalArrow {
  /** Path of a patch, beginning at its position in the first frame, micrograph pixels from the upper left. */
  readonly path: readonly Pair[];
}

export interface LocalArrows {
  readonly arrows: readonly LocalArrow[];
  /** Factor by which the drawn paths are longer than the motion. */
  readonly exaggeration: number;
  /** Largest displacement of any patch relative to the first frame, Angstrom. */
  readonly largestA: number;
}

/** Largest displacement as drawn, as a fraction of the distance between neighbouring patches. */
const MAX_DISPLACEMENT = 0.6;
const TEMPORAL_TERMS = 3;

/** Value of the polynomial that `localMotionSchema` describes. */
function shiftAt(coefficients: readonly number[], z: number, x: number, y: number): number {
  let sum = 0;
  for (const [i, term] of [1, x, x * x, y, y * y, x * y].entries()) {
    const [a = 0, b = 0, c = 0] = coefficients.slice(i * TEMPORAL_TERMS);
    sum += term * z * (a + z * (b + z * c));
  }
  return sum;
}

/**
 * Motion of the patches in addition to that of the whole frame, enlarged by a round factor.
 * @returns null if only the motion of the whole frame was corrected
 */
export function localArrows(
  record: Pick<ResultRecord, 'motion' | 'statistics' | 'recipe'>,
): LocalArrows | null {
  const { motion, statistics, recipe } = record;
  const local = motion?.local;
  if (!motion || !local || !statistics) return null;
  const { width, height, pixelSizeA } = statistics;
  const [columns, rows] = [Math.max(2, local.patches[0]), Math.max(2, local.patches[1])];
  const frames = motion.lastFrame - motion.firstFrame + 1;
  const scale = recipe.pixelSizeA / pixelSizeA;
  const paths: { start: Pair; path: Pair[] }[] = [];
  let largest = 0;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const x = (column + 0.5) / columns - 0.5;
      const y = (row + 0.5) / rows - 0.5;
      const path: Pair[] = [];
      for (let z = 0; z < frames; z++) {
        const shift: Pair = [
          shiftAt(local.coefficientsX, z, x, y) * scale,
          shiftAt(local.coefficientsY, z, x, y) * scale,
        ];
        largest = Math.max(largest, Math.hypot(...shift));
        path.push(shift);
      }
      // y grows upwards in a micrograph, downwards on a screen.
      paths.push({ start: [(x + 0.5) * width, (0.5 - y) * height], path });
    }
  const spacing = Math.min(width / columns, height / rows);
  const exaggeration =
    largest > 0 ? Math.max(1, niceNumberAtMost((MAX_DISPLACEMENT * spacing) / largest)) : 1;
  return {
    exaggeration,
    largestA: largest * pixelSizeA,
    arrows: paths.map(({ start, path }) => ({
      path: path.map(([dx, dy]) => [start[0] + dx * exaggeration, start[1] - dy * exaggeration] as const),
    })),
  };
}
