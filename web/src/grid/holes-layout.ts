import type { GridExposure, GridHoles } from '../../../src/contract/grid.ts';
import { add, distance, meanPoint, type Point, ringPoint, typicalDistance } from './points.ts';
import { scaledShifts } from './scaled-shifts.ts';

/**
 * How the positions are determined. `shift`: stage position and shift, both in micrometres. `scaled`: stage
 * position, and a shift in the acquisition software's unit, scaled to fit. `stage`: stage positions only.
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
   * Micrometres, y upwards; with `names` the distance between holes is 1. Holes without any position are
   * omitted.
   */
  readonly holes: readonly PlacedHole[];
  /** Radius of the circle that represents a hole, in the same unit. */
  readonly radius: number;
  /** Number of exposures in holes whose position is unknown. */
  readonly unplaced: number;
}

/** Radius of a hole, as a fraction of the distance to the next hole. */
const HOLE_RADIUS = 0.36;
/**
 * If all exposures of a hole are closer to its centre than this fraction of its radius, they are drawn on a
 * ring instead.
 */
const OVERLAP = 0.1;
/** Radius of that ring, as a fraction of the radius of the hole. */
const RING_RADIUS = 0.55;
/** Ratio of width to height of the area, if the positions of its holes are unknown. */
const ASPECT_RATIO = 1.6;
/**
 * If there is only one hole: assumed distance between holes, as a multiple of the extent of its exposures.
 */
const DISTANCE_TO_EXTENT = 4;

/** Positions at which the holes and exposures of a square are drawn. */
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
    const knownPositions = exposures.map((exposure) => ({ exposure, point: pointOf(exposure, stage) }));
    const isCenteredOnStage = scaled?.hasOwnStagePosition[i] ?? false;
    const center =
      (isCenteredOnStage ? null : meanPoint(knownPositions.flatMap(({ point }) => point ?? []))) ?? stage;
    return [{ name, exposures: knownPositions, center }];
  });
  const holeDistance =
    typicalDistance(located.map(({ center }) => center)) ?? DISTANCE_TO_EXTENT * extentOf(located);
  const radius = HOLE_RADIUS * holeDistance;
  const meanOffsetOf = meanOffsets(located);
  const placed = located.map((hole, index) => placeExposures(hole, index, radius, meanOffsetOf));
  return {
    basis: shiftUnit === 'um' ? 'shift' : scaled !== null ? 'scaled' : 'stage',
    holes: placed,
    radius,
    unplaced: countExposures(holes) - countExposures(placed),
  };
}

/** A hole whose position is known, and the known positions of its exposures. */
interface LocatedHole {
  readonly name: string | null;
  readonly exposures: readonly { readonly exposure: GridExposure; readonly point: Point | null }[];
  readonly center: Point;
}

/** Mean offset from the centre of the hole for each exposure number, over all holes. */
function meanOffsets(holes: readonly LocatedHole[]): Map<string, Point> {
  const offsetsByShot = new Map<string, Point[]>();
  for (const { exposures, center } of holes)
    for (const { exposure, point } of exposures) {
      const { shot } = exposure;
      if (shot === null || point === null) continue;
      offsetsByShot.set(shot, [
        ...(offsetsByShot.get(shot) ?? []),
        { x: point.x - center.x, y: point.y - center.y },
      ]);
    }
  const meanOffsetOf = new Map<string, Point>();
  for (const [shot, points] of offsetsByShot) {
    const mean = meanPoint(points);
    if (mean !== null) meanOffsetOf.set(shot, mean);
  }
  return meanOffsetOf;
}

/**
 * An exposure of unknown position gets the mean position of the same exposure number in other holes, or the
 * centre of the hole.
 */
function placeExposures(
  { name, exposures, center }: LocatedHole,
  hole: number,
  radius: number,
  meanOffsetOf: ReadonlyMap<string, Point>,
): PlacedHole {
  const estimate = (exposure: GridExposure): Point => {
    const offset = meanOffsetOf.get(exposure.shot ?? '');
    return offset ? add(center, offset) : center;
  };
  const estimates = exposures.map(({ exposure, point }) => ({
    exposure,
    point: point ?? estimate(exposure),
  }));
  const spread = Math.max(...estimates.map(({ point }) => distance(point, center)));
  const isOverlapping = exposures.length > 1 && spread < OVERLAP * radius;
  return {
    ...center,
    name,
    exposures: estimates.map(({ exposure, point }, i) => ({
      exposure,
      hole,
      ...(isOverlapping ? ringPoint(center, radius * RING_RADIUS, i, exposures.length) : point),
    })),
  };
}

/** Rows of holes in the order of recording. */
function layOutByNames(holes: GridHoles['holes']): HolesLayout {
  const columns = Math.max(1, Math.ceil(Math.sqrt(holes.length * ASPECT_RATIO)));
  const placed = holes.map(({ name, exposures }, hole) => {
    const center = { x: hole % columns, y: -Math.floor(hole / columns) };
    const onRing = (exposure: GridExposure, i: number) => ({
      exposure,
      hole,
      ...ringPoint(center, HOLE_RADIUS * RING_RADIUS, i, exposures.length),
    });
    return { ...center, name, exposures: exposures.map(onRing) };
  });
  return { basis: 'names', holes: placed, radius: HOLE_RADIUS, unplaced: 0 };
}

const countExposures = (holes: readonly { readonly exposures: readonly unknown[] }[]): number =>
  holes.reduce((sum, { exposures }) => sum + exposures.length, 0);

/** Largest distance of an exposure from the centre of its hole; 1 if there is none. */
const extentOf = (holes: readonly LocatedHole[]): number =>
  Math.max(
    ...holes.flatMap(({ exposures, center }) =>
      exposures.map(({ point }) => (point ? distance(point, center) : 0)),
    ),
  ) || 1;
