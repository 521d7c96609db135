import type { GridExposure, GridHoles } from '../../../src/contract/grid.ts';
import { add, distance, meanPoint, type Point, ringPoint, typicalDistance } from './points.ts';
import { scaledShifts } from './scaled-shifts.ts';

/**
 * How the positions are determined. `shift`: stage position and shift, both in micrometres. `scaled`: stage
 * position, and a shift in the acquisition program's unit, scaled to fit. `stage`: stage positions only.
 * `names`: no position is known.
 */
type LayoutBasis = 'shift' | 'scaled' | 'stage' | 'names';

interface PlacedExposure extends Point {
  readonly exposure: GridExposure;
  /** Index in `holes`. */
  readonly hole: number;
}
interface PlacedHole extends Point {
  readonly name: string | null;
  readonly exposures: readonly PlacedExposure[];
}
export interface HolesLayout {
  readonly basis: LayoutBasis;
  /**
   * Micrometres, y upwards; with `names` the distance of holes is 1. Holes without any position are missing.
   */
  readonly holes: readonly PlacedHole[];
  /** Radius of the circle that represents a hole, in the same unit. */
  readonly radius: number;
  /** Number of exposures in holes whose position is unknown. */
  readonly unplaced: number;
}

/** Radius of a hole, of the distance to the next hole. */
const HOLE_RADIUS = 0.36;
/** Of the radius: exposures that are all nearer to the middle than this overlap, and are put on a ring. */
const OVERLAP = 0.1;
const RING_RADIUS = 0.55;
/** Width to height of the area, if the positions of its holes are unknown. */
const ASPECT_RATIO = 1.6;
/** Distance of holes, if there is only one, to the extent of its exposures. */
const DISTANCE_TO_EXTENT = 4;

/** Positions of the holes and exposures of a square in its drawing. */
export function layOutHoles({ holes, shiftUnit }: GridHoles): HolesLayout {
  const stages = holes.map(({ exposures }) => meanPoint(exposures.flatMap(({ stageUm }) => stageUm ?? [])));
  if (stages.every((stage) => stage === null)) return layOutByNames(holes);
  const scaled = shiftUnit === 'program' ? scaledShifts(holes, stages) : null;
  const pointOf = (exposure: GridExposure, stage: Point): Point | null => {
    const { stageUm, shift } = exposure;
    if (scaled !== null) {
      const offset = scaled.offsets.get(exposure);
      return offset ? add(stage, offset) : null;
    }
    if (shiftUnit !== 'um' || stageUm === null || shift === null) return null;
    return add(stageUm, { x: shift[0], y: shift[1] });
  };
  const located = holes.flatMap(({ name, exposures }, i): LocatedHole[] => {
    const stage = stages[i] ?? null;
    if (stage === null) return [];
    const own = exposures.map((exposure) => ({ exposure, point: pointOf(exposure, stage) }));
    const isStageInMiddle = scaled?.isAlone[i] ?? false;
    const middle = (isStageInMiddle ? null : meanPoint(own.flatMap(({ point }) => point ?? []))) ?? stage;
    return [{ name, exposures: own, middle }];
  });
  const apart =
    typicalDistance(located.map(({ middle }) => middle)) ?? DISTANCE_TO_EXTENT * extentOf(located);
  const radius = HOLE_RADIUS * apart;
  const usual = usualOffsets(located);
  const placed = located.map((hole, index) => placeExposures(hole, index, radius, usual));
  return {
    basis: shiftUnit === 'um' ? 'shift' : scaled !== null ? 'scaled' : 'stage',
    holes: placed,
    radius,
    unplaced: countExposures(holes) - countExposures(placed),
  };
}

/** A hole whose position is known, and the positions of its exposures as far as they are known. */
interface LocatedHole {
  readonly name: string | null;
  readonly exposures: readonly { readonly exposure: GridExposure; readonly point: Point | null }[];
  readonly middle: Point;
}

/** Mean offset from the middle of the hole of the exposures with the same number, over all holes. */
function usualOffsets(holes: readonly LocatedHole[]): Map<string, Point> {
  const found = new Map<string, Point[]>();
  for (const { exposures, middle } of holes)
    for (const { exposure, point } of exposures) {
      const { shot } = exposure;
      if (shot === null || point === null) continue;
      found.set(shot, [...(found.get(shot) ?? []), { x: point.x - middle.x, y: point.y - middle.y }]);
    }
  const usual = new Map<string, Point>();
  for (const [shot, points] of found) {
    const mean = meanPoint(points);
    if (mean !== null) usual.set(shot, mean);
  }
  return usual;
}

/**
 * An exposure of unknown position gets the one that its number has in other holes, or the middle of the hole.
 */
function placeExposures(
  { name, exposures, middle }: LocatedHole,
  hole: number,
  radius: number,
  usual: ReadonlyMap<string, Point>,
): PlacedHole {
  const guess = (exposure: GridExposure): Point => {
    const offset = usual.get(exposure.shot ?? '');
    return offset ? add(middle, offset) : middle;
  };
  const guessed = exposures.map(({ exposure, point }) => ({ exposure, point: point ?? guess(exposure) }));
  const spread = Math.max(...guessed.map(({ point }) => distance(point, middle)));
  const isOverlapping = exposures.length > 1 && spread < OVERLAP * radius;
  return {
    ...middle,
    name,
    exposures: guessed.map(({ exposure, point }, i) => ({
      exposure,
      hole,
      ...(isOverlapping ? ringPoint(middle, radius * RING_RADIUS, i, exposures.length) : point),
    })),
  };
}

/** Rows of holes in the order of recording. */
function layOutByNames(holes: GridHoles['holes']): HolesLayout {
  const columns = Math.max(1, Math.ceil(Math.sqrt(holes.length * ASPECT_RATIO)));
  const placed = holes.map(({ name, exposures }, hole) => {
    const middle = { x: hole % columns, y: -Math.floor(hole / columns) };
    const onRing = (exposure: GridExposure, i: number) => ({
      exposure,
      hole,
      ...ringPoint(middle, HOLE_RADIUS * RING_RADIUS, i, exposures.length),
    });
    return { ...middle, name, exposures: exposures.map(onRing) };
  });
  return { basis: 'names', holes: placed, radius: HOLE_RADIUS, unplaced: 0 };
}

const countExposures = (holes: readonly { readonly exposures: readonly unknown[] }[]): number =>
  holes.reduce((sum, { exposures }) => sum + exposures.length, 0);

/** Largest distance of an exposure from the middle of its hole; 1 if there is none. */
const extentOf = (holes: readonly LocatedHole[]): number =>
  Math.max(
    ...holes.flatMap(({ exposures, middle }) =>
      exposures.map(({ point }) => (point ? distance(point, middle) : 0)),
    ),
  ) || 1;
