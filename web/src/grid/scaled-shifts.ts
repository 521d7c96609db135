import type { GridExposure, GridHoles } from '../../../src/contract/grid.ts';
import { distance, meanPoint, type Point, typicalDistance } from './points.ts';

/**
 * Stage positions closer together than this count as the same, because the read-out of the stage is noisy;
 * micrometres.
 */
const MAX_STAGE_NOISE_UM = 0.3;
/**
 * Extent of the exposures of one hole, and of the holes at one stage position, as a fraction of the distance
 * to the next stage position.
 */
const MAX_EXTENT = { exposures: 0.22, holes: 0.45 } as const;
/** Assumed distance between stage positions if there is only one, micrometres. */
const DEFAULT_DISTANCE_UM = 1;

interface ScaledShifts {
  /** Offsets from the stage position of the hole, micrometres. */
  readonly offsets: ReadonlyMap<GridExposure, Point>;
  /** For each hole: whether no other hole has the same stage position. */
  readonly hasOwnStagePosition: readonly boolean[];
}

/**
 * Offsets from the stage position for beam shifts of unknown unit, scaled so that neighbours do not overlap.
 * The shifts at one stage position belong to the exposures of one hole, or to several holes and their
 * exposures.
 * @param stages - mean stage position of each hole
 * @returns null if no shift is known, or all are the same
 */
export function scaledShifts(
  holes: GridHoles['holes'],
  stages: readonly (Point | null)[],
): ScaledShifts | null {
  const groups = groupByStage(stages);
  const exposures = holes.flatMap((hole) => hole.exposures);
  const shifts = exposures.flatMap((exposure) => {
    const { shift } = exposure;
    return shift === null ? [] : [{ exposure, x: shift[0], y: shift[1] }];
  });
  // The mean over the whole square, so that a hole with missing movies keeps its position.
  const origin = meanPoint(shifts);
  if (origin === null) return null;
  const centeredShifts = shifts.map(({ exposure, x, y }) => ({ exposure, x: x - origin.x, y: y - origin.y }));
  const largestShift = Math.max(...centeredShifts.map(({ x, y }) => Math.hypot(x, y)));
  if (largestShift === 0) return null;
  const extent = groups.some((group) => group.holes.length > 1) ? MAX_EXTENT.holes : MAX_EXTENT.exposures;
  const stageDistance = typicalDistance(groups.map(({ stage }) => stage)) ?? DEFAULT_DISTANCE_UM;
  const scale = (extent * stageDistance) / largestShift;
  const holesWithOwnPosition = new Set(
    groups.flatMap((group) => (group.holes.length === 1 ? group.holes : [])),
  );
  return {
    offsets: new Map(centeredShifts.map(({ exposure, x, y }) => [exposure, { x: x * scale, y: y * scale }])),
    hasOwnStagePosition: holes.map((_, i) => holesWithOwnPosition.has(i)),
  };
}

/** Indices of holes that have the same stage position. */
function groupByStage(stages: readonly (Point | null)[]): { stage: Point; holes: number[] }[] {
  const groups: { stage: Point; holes: number[] }[] = [];
  for (const [i, stage] of stages.entries()) {
    if (stage === null) continue;
    const group = groups.find((other) => distance(other.stage, stage) < MAX_STAGE_NOISE_UM);
    if (group) group.holes.push(i);
    else groups.push({ stage, holes: [i] });
  }
  return groups;
}
