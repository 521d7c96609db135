import { createRandom } from '../base/random.ts';
import { DEFAULT_MOVIE, type MovieSettings } from './settings.ts';

/** The route of a microscope over the grid. */
export interface GridRoute {
  /** Number of holes in a square that are recorded before the stage moves to the next square. */
  readonly holesPerSquare: number;
  /** Number of movies per hole. */
  readonly moviesPerHole: number;
}
export const DEFAULT_ROUTE: GridRoute = { holesPerSquare: 10, moviesPerHole: 4 };

/** Position on the grid at which a movie is recorded, with the imaging conditions there. */
export interface GridPosition {
  /** 0-based indices: the square, the hole counted over all squares, the exposure within the hole. */
  readonly square: number;
  readonly hole: number;
  readonly exposure: number;
  /** Stage position, the centre of the hole; [x, y, z] in micrometres. */
  readonly stageUm: readonly [number, number, number];
  /** In EPU's own unit, a linear function of micrometres on the specimen. */
  readonly beamShift: readonly [number, number];
  /** Target defocus as a fraction of its range, 0..1. */
  readonly targetFraction: number;
  /** Deviation from the target, micrometres: heights of square and hole, and the focusing error. */
  readonly defocusErrorUm: number;
  /** Thickness of the ice relative to the first square. */
  readonly ice: number;
}

/** A 200 mesh grid: bars every 125 um. */
const SQUARE_PITCH_UM = 125;
/** Quantifoil R1.2/1.3: holes of 1.2 um, 1.3 um of carbon between them. */
const HOLE_PITCH_UM = 2.5;
const EXPOSURE_RADIUS_UM = 0.35;
/** Standard deviation of the stage position. */
const STAGE_ERROR_UM = 0.08;
/**
 * EPU's unit per micrometre of beam shift, and the rotation of its axes: invented, since EPU does not
 * document them.
 */
const SHIFT_PER_UM = 0.021;
const SHIFT_ROTATION_RAD = 0.6;
/** Target defocus of successive holes, as fractions of the range. */
const TARGET_FRACTIONS = [0.5, 0.25, 0.75, 0, 1] as const;
const SQUARE_ERROR_UM = 0.12;
const HOLE_ERROR_UM = 0.04;
const EXPOSURE_ERROR_UM = 0.02;
const ICE_PER_SQUARE = 0.25;
const ICE_STEPS = 5;

/**
 * Position of a movie on the route over the grid: squares in a spiral from the centre; in each square, the
 * rows of a lattice of holes in alternating directions, with some holes left out.
 * @param number - of the movie, starting at 1
 */
export function gridPosition(seed: number, number: number, route: GridRoute = DEFAULT_ROUTE): GridPosition {
  const index = number - 1;
  const hole = Math.floor(index / route.moviesPerHole);
  const exposure = index % route.moviesPerHole;
  const square = Math.floor(hole / route.holesPerSquare);
  const grid = createRandom(seed, 20);
  const [gridAngle, holeAngle] = [grid.between(-0.3, 0.3), grid.between(-0.7, 0.7)];
  const [squareX, squareY] = spiral(square);
  const squareUm = rotate([squareX * SQUARE_PITCH_UM, squareY * SQUARE_PITCH_UM], gridAngle);
  const squareRandom = createRandom(seed, 21, square);
  const holeRandom = createRandom(seed, 22, hole);
  const exposureRandom = createRandom(seed, 24, number);
  const holeUm = rotate(
    latticeHole(seed, square, hole % route.holesPerSquare, route.holesPerSquare),
    holeAngle,
  );
  const angle = (2 * Math.PI * exposure) / route.moviesPerHole + Math.PI / 4;
  const radius = route.moviesPerHole === 1 ? 0 : EXPOSURE_RADIUS_UM;
  const shift = rotate([radius * Math.cos(angle), radius * Math.sin(angle)], SHIFT_ROTATION_RAD);
  const squareErrorUm = SQUARE_ERROR_UM * squareRandom.gaussian();
  const heightUm = squareRandom.between(-20, 20);
  const [stageErrorX, stageErrorY] = [holeRandom.gaussian(), holeRandom.gaussian()];
  const holeErrorUm = HOLE_ERROR_UM * holeRandom.gaussian();
  return {
    square,
    hole,
    exposure,
    stageUm: [
      squareUm[0] + holeUm[0] + STAGE_ERROR_UM * stageErrorX,
      squareUm[1] + holeUm[1] + STAGE_ERROR_UM * stageErrorY,
      heightUm,
    ],
    beamShift: [SHIFT_PER_UM * shift[0], SHIFT_PER_UM * shift[1]],
    targetFraction: TARGET_FRACTIONS[hole % TARGET_FRACTIONS.length] ?? 0,
    defocusErrorUm: squareErrorUm + holeErrorUm + EXPOSURE_ERROR_UM * exposureRandom.gaussian(),
    ice: 1 + ICE_PER_SQUARE * (square % ICE_STEPS),
  };
}

/** Target defocus of an exposure, micrometres. */
export function targetDefocusUm(
  { targetFraction }: GridPosition,
  { defocusRangeUm }: Partial<MovieSettings>,
): number {
  const [low, high] = defocusRangeUm ?? DEFAULT_MOVIE.defocusRangeUm;
  return Math.round(100 * (low + targetFraction * (high - low))) / 100;
}

/**
 * Settings of a movie at a grid position. The defocus deviates from its target, but stays within the range.
 */
export function settingsAt(position: GridPosition, options: Partial<MovieSettings>) {
  const [low, high] = options.defocusRangeUm ?? DEFAULT_MOVIE.defocusRangeUm;
  const unclippedUm = targetDefocusUm(position, options) + position.defocusErrorUm;
  const defocusUm = Math.min(high, Math.max(low, unclippedUm));
  return {
    defocusRangeUm: [defocusUm, defocusUm] as const,
    iceRing: (options.iceRing ?? DEFAULT_MOVIE.iceRing) * position.ice,
  };
}

/** The n-th point of a square spiral around the origin, in lattice steps. */
function spiral(n: number): [number, number] {
  let [x, y, dx, dy] = [0, 0, 1, 0];
  for (let step = 0, side = 1, stepsOnSide = 0, turns = 0; step < n; step++) {
    [x, y] = [x + dx, y + dy];
    if (++stepsOnSide < side) continue;
    [stepsOnSide, turns, dx, dy] = [0, turns + 1, -dy, dx];
    if (turns % 2 === 0) side++;
  }
  return [x, y];
}

/**
 * Position of the n-th hole of a square relative to the centre of the square, micrometres. One in six holes
 * of the lattice is left out at random.
 */
function latticeHole(seed: number, square: number, n: number, holes: number): [number, number] {
  const random = createRandom(seed, 23, square);
  const columns = Math.ceil(Math.sqrt(1.2 * holes));
  let latticeIndex = -1;
  for (let found = -1; found < n; ) {
    latticeIndex++;
    if (random.uniform() >= 1 / 6) found++;
  }
  const row = Math.floor(latticeIndex / columns);
  const column = row % 2 === 0 ? latticeIndex % columns : columns - 1 - (latticeIndex % columns);
  return [(column - (columns - 1) / 2) * HOLE_PITCH_UM, (row - (columns - 1) / 2) * HOLE_PITCH_UM];
}

const rotate = ([x, y]: readonly [number, number], radians: number): [number, number] => [
  x * Math.cos(radians) - y * Math.sin(radians),
  x * Math.sin(radians) + y * Math.cos(radians),
];
