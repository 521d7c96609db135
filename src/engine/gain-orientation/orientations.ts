import type { GainSetting } from '../../contract/recipe.ts';

/** The eight possible orientations of a gain reference, as rotation and flip. */

export type Orientation = Pick<GainSetting, 'rotate' | 'flip'>;

/**
 * Each orientation once: the other four settings, such as 180 degrees and upside down, are equivalent to one
 * of these.
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
export type Turn = readonly [xx: number, xy: number, yx: number, yy: number];

const multiply = (a: Turn, b: Turn): Turn => [
  a[0] * b[0] + a[1] * b[2],
  a[0] * b[1] + a[1] * b[3],
  a[2] * b[0] + a[3] * b[2],
  a[2] * b[1] + a[3] * b[3],
];
/** The inverse of a matrix is its transpose. */
const inverse = ([xx, xy, yx, yy]: Turn): Turn => [xx, yx, xy, yy];

const IDENTITY: Turn = [1, 0, 0, 1];
/**
 * A quarter turn counter-clockwise with row 0 at the bottom: (x, y) goes to (-y, x), see `motion/orient.ts`.
 */
const QUARTER: Turn = [0, -1, 1, 0];
const UPSIDE_DOWN: Turn = [1, 0, 0, -1];
const LEFT_RIGHT: Turn = [-1, 0, 0, 1];
const FLIPS = [IDENTITY, UPSIDE_DOWN, LEFT_RIGHT] as const;

function turnOf({ rotate, flip }: Orientation): Turn {
  let turn = IDENTITY;
  for (let i = 0; i < rotate; i++) turn = multiply(QUARTER, turn);
  return multiply(FLIPS[flip], turn);
}

export const isSameOrientation = (a: Orientation, b: Orientation): boolean =>
  turnOf(a).join() === turnOf(b).join();

/** Maps a pixel of the gain in orientation `from` to the same pixel in orientation `to`. */
export const turnBetween = (from: Orientation, to: Orientation): Turn =>
  multiply(turnOf(to), inverse(turnOf(from)));
