import { localShift } from '../../../src/engine/motion/local-model.ts';
import { type BenchMovie, benchMotion } from './movie.ts';

/** Result of a program: motion of the content, pixels, and RELION's coefficients of local motion. */
export interface FoundMotion {
  readonly shifts: readonly (readonly [number, number])[];
  readonly local: { readonly x: readonly number[]; readonly y: readonly number[] } | null;
}

/** Positions along each axis at which motion is compared, fractions of the frame. */
const POSITIONS = Array.from({ length: 10 }, (_, i) => (i - 4.5) / 10);

/**
 * Root mean square distances from the truth, pixels, all relative to the first frame. `global`: the shifts
 * compared with the mean motion of the field. `wholeFrame`: the shifts alone compared with the motion at a
 * grid of positions. `field`: the shifts with the local model compared with the motion at these positions.
 */
export function motionErrors(
  movie: BenchMovie,
  result: FoundMotion,
): { global: number; wholeFrame: number; field: number } {
  let [global, wholeFrame, field] = [0, 0, 0];
  const points = POSITIONS.length ** 2;
  for (let frame = 0; frame < movie.frames; frame++) {
    const [sx, sy] = result.shifts[frame]!;
    let [meanX, meanY] = [0, 0];
    for (const x of POSITIONS) {
      for (const y of POSITIONS) {
        const truth = benchMotion(movie, frame, x, y);
        const start = benchMotion(movie, 0, x, y);
        const [tx, ty] = [truth[0] - start[0], truth[1] - start[1]];
        const [lx, ly] = result.local ? localShift(result.local, frame, x, y) : [0, 0];
        meanX += tx / points;
        meanY += ty / points;
        wholeFrame += (sx - tx) ** 2 + (sy - ty) ** 2;
        field += (sx + lx - tx) ** 2 + (sy + ly - ty) ** 2;
      }
    }
    global += (sx - meanX) ** 2 + (sy - meanY) ** 2;
  }
  const count = movie.frames * points;
  return {
    global: Math.sqrt(global / movie.frames),
    wholeFrame: Math.sqrt(wholeFrame / count),
    field: Math.sqrt(field / count),
  };
}
