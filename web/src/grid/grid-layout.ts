import type { GridExposure, GridHoles } from '../../../src/contract/grid.ts';

/**
 * What a layout stands on. `shift`: stage position and shift, both in micrometres. `scaled`: stage position, and the shift, whose
 * unit is the program's own, scaled to fit. `stage`: stage positions alone. `names`: no positions are known.
 */
type LayoutBasis = 'shift' | 'scaled' | 'stage' | 'names';

interface Point {
  readonly x: number;
  readonly y: number;
}
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
  /** Micrometres, y upwards; with `names` holes are one apart. Holes without any position are not in it. */
  readonly holes: readonly PlacedHole[];
  /** Of the circle that stands for a hole, in the same unit. */
  readonly radius: number;
  /** Exposures in holes of which no position is known. */
  readonly unplaced: number;
}

/** Stages nearer to each other than this are at the same place: the stage reads itself out with some noise. Micrometres. */
const SAME_PLACE_UM = 0.3;
/** Of the distance to the next stage position: how far shots reach round one hole, and holes round one stage position. */
const REACH_OF_SHOTS = 0.22;
const REACH_OF_HOLES = 0.45;
/** Of the distance to the next hole. */
const HOLE_RADIUS = 0.36;
/** Of the radius: shots nearer than this lie on each other, and are put round the middle. */
const ON_EACH_OTHER = 0.1;
const RING = 0.55;
const WIDER_THAN_HIGH = 1.6;

/** Where holes and exposures of a square are drawn. */
export function layHoles({ holes, shiftUnit }: GridHoles): HolesLayout {
  const stages = holes.map(({ exposures }) => meanPoint(exposures.flatMap(({ stageUm }) => stageUm ?? [])));
  if (stages.every((stage) => stage === null)) return layByNames(holes);
  const scaled = shiftUnit === 'program' ? scaledShifts(holes, stages) : null;
  const rough = holes.flatMap(({ name, exposures }, i): RoughHole[] => {
    const stage = stages[i]!;
    if (stage === null) return [];
    const points = exposures.map((exposure): Point | null => {
      if (scaled !== null) return plus(stage, scaled.offsets.get(exposure));
      const { stageUm, shift } = exposure;
      if (shiftUnit !== 'um' || stageUm === null || shift === null) return null;
      return plus(stageUm, { x: shift[0], y: shift[1] });
    });
    const isStageInMiddle = scaled?.isAlone[i] ?? false;
    const middle = (isStageInMiddle ? null : meanPoint(points.filter((point) => point !== null))) ?? stage;
    return [{ name, exposures, points, middle }];
  });
  const apart = typicalDistance(rough.map(({ middle }) => middle)) ?? reachOf(rough) * 4;
  const radius = HOLE_RADIUS * apart;
  const usual = usualShots(rough);
  const placed = rough.map((hole, index) => placeShots(hole, index, radius, usual));
  const all = holes.reduce((sum, { exposures }) => sum + exposures.length, 0);
  return {
    basis: shiftUnit === 'um' ? 'shift' : scaled !== null ? 'scaled' : 'stage',
    ...{ holes: placed, radius },
    unplaced: all - placed.reduce((sum, { exposures }) => sum + exposures.length, 0),
  };
}

/** A hole whose place is known, and the places of its exposures as far as they are. */
interface RoughHole {
  readonly name: string | null;
  readonly exposures: readonly GridExposure[];
  readonly points: readonly (Point | null)[];
  readonly middle: Point;
}

/** Where shots of a number lie in the other holes, from the middle. */
function usualShots(holes: readonly RoughHole[]): Map<string, Point> {
  const found = new Map<string, Point[]>();
  for (const { exposures, points, middle } of holes)
    for (const [i, { shot }] of exposures.entries()) {
      const point = points[i];
      if (shot === null || !point) continue;
      found.set(shot, [...(found.get(shot) ?? []), { x: point.x - middle.x, y: point.y - middle.y }]);
    }
  return new Map([...found].map(([shot, points]) => [shot, meanPoint(points)!]));
}

/** A movie whose own place is not known stands where its shot stands in the other holes, or in the middle. */
function placeShots(
  { name, exposures, points, middle }: RoughHole,
  hole: number,
  radius: number,
  usual: ReadonlyMap<string, Point>,
): PlacedHole {
  const guessed = points.map(
    (point, i) => point ?? plus(middle, usual.get(exposures[i]!.shot ?? '')) ?? middle,
  );
  const spread = Math.max(...guessed.map((point) => distance(point, middle)));
  const isOnEachOther = exposures.length > 1 && spread < ON_EACH_OTHER * radius;
  return {
    ...{ ...middle, name },
    exposures: exposures.map((exposure, i) => ({
      ...{ exposure, hole },
      ...(isOnEachOther ? ringPoint(middle, radius * RING, i, exposures.length) : guessed[i]!),
    })),
  };
}

/** Rows of holes in the order in which they were begun. */
function layByNames(holes: GridHoles['holes']): HolesLayout {
  const columns = Math.max(1, Math.ceil(Math.sqrt(holes.length * WIDER_THAN_HIGH)));
  const placed = holes.map(({ name, exposures }, hole) => {
    const middle = { x: hole % columns, y: -Math.floor(hole / columns) };
    const around = (exposure: GridExposure, i: number) => ({
      ...{ exposure, hole },
      ...ringPoint(middle, HOLE_RADIUS * RING, i, exposures.length),
    });
    return { ...middle, name, exposures: exposures.map(around) };
  });
  return { basis: 'names', holes: placed, radius: HOLE_RADIUS, unplaced: 0 };
}

/**
 * Offsets from the stage position of a hole, micrometres, of shifts in a unit that nobody knows: with one hole at a stage position
 * they are the shots round it, with several the holes lie round it too. Scaled so that neighbours do not run into each other.
 * @returns null where shifts tell nothing: none is known, or all are the same. `isAlone`: no other hole has its stage position
 */
function scaledShifts(
  holes: GridHoles['holes'],
  stages: readonly (Point | null)[],
): { offsets: Map<GridExposure, Point>; isAlone: boolean[] } | null {
  const groups: { stage: Point; holes: number[] }[] = [];
  for (const [i, stage] of stages.entries()) {
    const near = stage && groups.find((group) => distance(group.stage, stage) < SAME_PLACE_UM);
    if (near) near.holes.push(i);
    else if (stage) groups.push({ stage, holes: [i] });
  }
  const exposures = holes.flatMap((hole) => hole.exposures);
  const shifts = exposures.map(({ shift }) => shift && { x: shift[0], y: shift[1] });
  // Of all of the square, so that a hole of which movies are missing is not moved.
  const origin = meanPoint(shifts.filter((shift) => shift !== null));
  if (origin === null) return null;
  const offsets = new Map<GridExposure, Point>();
  for (const [i, shift] of shifts.entries())
    if (shift) offsets.set(exposures[i]!, { x: shift.x - origin.x, y: shift.y - origin.y });
  const most = Math.max(...[...offsets.values()].map(({ x, y }) => Math.hypot(x, y)));
  if (most === 0) return null;
  const reach = groups.some((group) => group.holes.length > 1) ? REACH_OF_HOLES : REACH_OF_SHOTS;
  const scale = (reach * (typicalDistance(groups.map(({ stage }) => stage)) ?? 1)) / most;
  for (const [exposure, { x, y }] of offsets) offsets.set(exposure, { x: x * scale, y: y * scale });
  const alone = new Set(groups.flatMap((group) => (group.holes.length === 1 ? group.holes : [])));
  return { offsets, isAlone: holes.map((_, i) => alone.has(i)) };
}

/** Median over the points of the distance to the nearest other; null for fewer than two. */
export function typicalDistance(points: readonly Point[]): number | null {
  const nearest = points.map((point, i) =>
    points.reduce(
      (least, other, k) => (k === i ? least : Math.min(least, distance(point, other))),
      Number.POSITIVE_INFINITY,
    ),
  );
  const apart = nearest.filter((d) => Number.isFinite(d) && d > 0).sort((a, b) => a - b);
  return apart[apart.length >> 1] ?? null;
}

/** How far the shots of holes reach, where there is no other hole to compare with. */
const reachOf = (holes: readonly { points: readonly (Point | null)[]; middle: Point }[]) =>
  Math.max(
    ...holes.flatMap(({ points, middle }) => points.map((point) => (point ? distance(point, middle) : 0))),
  ) || 1;

/** A single one lies in the middle; the first of several at the upper left, then clockwise. */
function ringPoint(middle: Point, radius: number, index: number, count: number): Point {
  if (count === 1) return middle;
  const angle = (3 * Math.PI) / 4 - (2 * Math.PI * index) / count;
  return { x: middle.x + radius * Math.cos(angle), y: middle.y + radius * Math.sin(angle) };
}

const plus = (a: Point, b: Point | undefined): Point | null => (b ? { x: a.x + b.x, y: a.y + b.y } : null);
const distance = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y);

function meanPoint(points: readonly Point[]): Point | null {
  if (points.length === 0) return null;
  const sum = points.reduce((a, b) => ({ x: a.x + b.x, y: a.y + b.y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}
