import type { GainSetting } from '../../contract/recipe.ts';

/** The eight possible orientations of a gain reference, as rotation and flip. */

export type Orientation = Pick<GainSetting, 'rotate' | 'flip'>;

/**
 * Each orientation once: the other four settings, such as a rotation by 180 degrees followed by an
 * upside-down flip, are equivalent to one of these.
 */
export const ORIENTATIONS: readonly Orientation[] = [
  { rotate: 0, flip: 0 },
  { rotate: 1, flip: 0 },
  { rotate: 2, flip: 0 },
  { rotate: 3, flip: 0 },
  { rotate: 0, flip: 1 },
  { rotate: 0, flip: 2 },
  { rotate: 1, flip: 1 },
  { rotate: 1, flip: 2 },
];

/**
 * Rows of a 2x2 matrix of -1, 0 and 1, for coordinates relative to the centre, x to the right, y along
 * increasing rows.
 */
export type OrientationMatrix = readonly [xx: number, xy: number, yx: number, yy: number];

const multiply = (a: OrientationMatrix, b: OrientationMatrix): OrientationMatrix => [
  a[0] * b[0] + a[1] * b[2],
  a[0] * b[1] + a[1] * b[3],
  a[2] * b[0] + a[3] * b[2],
  a[2] * b[1] + a[3] * b[3],
];
/** The inverse of a matrix is its transpose. */
const inverse = ([xx, xy, yx, yy]: OrientationMatrix): OrientationMatrix => [xx, yx, xy, yy];

const IDENTITY: OrientationMatrix = [1, 0, 0, 1];
/**
 * A quarter turn counter-clockwise with row 0 at the bottom: (x, y) goes to (-y, x), see `motion/orient.ts`.
 */
const QUARTER_TURN: OrientationMatrix = [0, -1, 1, 0];
const UPSIDE_DOWN: OrientationMatrix = [1, 0, 0, -1];
const LEFT_RIGHT: OrientationMatrix = [-1, 0, 0, 1];
const FLIPS = [IDENTITY, UPSIDE_DOWN, LEFT_RIGHT] as const;

function matrixOf({ rotate, flip }: Orientation): OrientationMatrix {
  let matrix = IDENTITY;
  for (let i = 0; i < rotate; i++) matrix = multiply(QUARTER_TURN, matrix);
  return multiply(FLIPS[flip], matrix);
}

export const isSameOrientation = (a: Orientation, b: Orientation): boolean =>
  matrixOf(a).join() === matrixOf(b).join();

/** Maps a pixel of the gain in orientation `from` to the same pixel in orientation `to`. */
export const matrixBetween = (from: Orientation, to: Orientation): OrientationMatrix =>
  multiply(matrixOf(to), inverse(matrixOf(from)));
