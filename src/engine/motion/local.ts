import type { NoLocalMotion } from '../findings.ts';
import type { Shift } from './align-tasks.ts';
import type { Plane } from './geometry.ts';
import type { Layout } from './layout.ts';
import { MAX_LOCAL_SHIFT } from './layout.ts';
import { fitLocalModel, type LocalFit, type PatchTrajectory } from './local-fit.ts';
import { type LocalModel, localShift, maxShift, splitMean } from './local-model.ts';
import { type PatchJob, patchWindow } from './patch-tasks.ts';
import { type Patch, placePatches } from './patches.ts';
import type { ThreadPool } from './thread-pool.ts';

/** Finds local motion: patches are aligned separately, and a smooth model is fitted to their trajectories. */

export interface LocalRequest {
  readonly patches: readonly [number, number];
  readonly plane: Plane;
  /** Number of used frames of the movie, and of frames in each crop. */
  readonly frames: number;
  readonly framesPerCrop: readonly number[];
  /** Whole-frame motion of each crop, movie pixels. */
  readonly trajectory: readonly Shift[];
  /** Indices of the crops that can be aligned (`unusable.ts`). */
  readonly usableIndices: readonly number[];
  /** Variance of a crop's shift along each axis, movie pixels squared; see `Refinement`. */
  readonly variance: number;
}

/** Either a model, or the reason why there is none. */
export type LocalOutcome =
  | {
      /** Its mean over the field is zero at each frame. */
      readonly fit: LocalFit;
      /** Correction of the whole-frame motion by the patches, movie pixels for each frame. */
      readonly means: readonly Shift[];
      readonly reason: null;
    }
  | { readonly fit: null; readonly reason: NoLocalMotion };

/** Frames are grouped until the standard error of a patch's shift is below this many pixels of the crop. */
const TARGET_SIGMA = 0.2;
/** Minimum number of groups: fewer do not show how motion changes with time. */
const MIN_GROUPS = 5;
/** Search windows of the first alignment of each patch, and of each later one around the model. */
const FIRST_WINDOWS = [10, 6] as const;
const LATER_WINDOWS = [4] as const;
const LATER_ROUNDS = 1;
/** Maximum fraction of points that a reliable fit excludes. */
const MAX_OUTLIER_FRACTION = 0.4;

const noModel = (reason: NoLocalMotion): LocalOutcome => ({ fit: null, reason });

export async function findLocalMotion(
  pool: ThreadPool,
  layout: Layout,
  request: LocalRequest,
): Promise<LocalOutcome> {
  const { crop, cropScale: scale } = layout.geometry;
  const patches = placePatches(layout.geometry, request.plane, request.patches);
  const toCropPixels = (shift: Shift): Shift => [shift[0] / scale[0], shift[1] / scale[1]];
  const cropShifts = request.trajectory.map(toCropPixels);
  const area = windowArea(request.plane) / (crop.width * crop.height);
  const patchVariance = request.variance / area / (scale[0] * scale[1]);
  const size = Math.ceil(patchVariance / TARGET_SIGMA ** 2);
  const groups = groupNeighbours(cropShifts.length, Math.max(1, size));
  if (groups.length < MIN_GROUPS) return noModel({ kind: 'too-few-electrons' });
  await runOnAllThreads(pool, cropShifts.length, (slot, indices) => ({
    kind: 'cropsToImages',
    slot,
    indices,
    shifts: cropShifts,
  }));

  const undoneShifts = groups.map(([first, last]) => meanShift(cropShifts.slice(first, last + 1)));
  const isUsable = groups.map(([first, last]) => request.usableIndices.some((i) => i >= first && i <= last));
  const times = groupTimes(groups, request.framesPerCrop);
  const fitRound = async (model: LocalModel | null, windows: readonly number[]) => {
    const jobs = patches.map((patch): PatchJob => {
      const initialShifts = undoneShifts.map(([x, y], i): Shift => {
        const [dx, dy] = model ? toCropPixels(localShift(model, times[i]!, patch.x, patch.y)) : [0, 0];
        return [x + dx, y + dy];
      });
      return {
        originX: patch.originX,
        originY: patch.originY,
        groups,
        undoneShifts,
        initialShifts,
        windows,
        variance: patchVariance / (size || 1),
      };
    });
    const groupShifts = await alignPatches(pool, jobs);
    return fitLocalModel(
      patches.map((patch, i) => trajectoryOf(patch, groupShifts[i]!, undoneShifts, times, scale, isUsable)),
      request.frames,
    );
  };
  let fit = await fitRound(null, FIRST_WINDOWS);
  for (let i = 0; i < LATER_ROUNDS && fit; i++) fit = await fitRound(fit.model, LATER_WINDOWS);
  if (!fit) return noModel({ kind: 'moves-as-a-whole' });
  if (fit.outliers > MAX_OUTLIER_FRACTION * fit.points)
    return noModel({ kind: 'patches-not-tracked', outliers: fit.outliers, points: fit.points });
  const { rest, means } = splitMean(fit.model, request.frames);
  const largestShift = maxShift(rest, request.frames);
  if (largestShift > MAX_LOCAL_SHIFT) return noModel({ kind: 'not-credible', largestPixels: largestShift });
  return { fit: { ...fit, model: rest }, means, reason: null };
}

/** Sum of the squares of a patch's window: its effective area. */
function windowArea(plane: Plane): number {
  const squares = (length: number) => patchWindow(length).reduce((sum, v) => sum + v * v, 0);
  return squares(plane.width) * squares(plane.height);
}

/** Groups of about `size` neighbours, as equal as possible: first and last index of each. */
function groupNeighbours(count: number, size: number): [number, number][] {
  const groups = Math.max(1, Math.floor(count / size));
  const firstOf = (group: number) => Math.floor((group * count) / groups);
  return Array.from({ length: groups }, (_, i) => [firstOf(i), firstOf(i + 1) - 1]);
}

function meanShift(shifts: readonly Shift[]): Shift {
  const mean = (axis: 0 | 1) => shifts.reduce((sum, shift) => sum + shift[axis], 0) / shifts.length;
  return [mean(0), mean(1)];
}

/** Centre of each group in frames since the first used frame. */
function groupTimes(
  groups: readonly (readonly [number, number])[],
  framesPerCrop: readonly number[],
): number[] {
  const precedingFrames = [0];
  for (const frames of framesPerCrop) precedingFrames.push(precedingFrames.at(-1)! + frames);
  return groups.map(([first, last]) => (precedingFrames[first]! + precedingFrames[last + 1]! - 1) / 2);
}

function trajectoryOf(
  patch: Patch,
  groupShifts: readonly Shift[],
  undoneShifts: readonly Shift[],
  times: readonly number[],
  scale: Shift,
  isUsable: readonly boolean[],
): PatchTrajectory {
  const points = groupShifts
    .map(([x, y], i) => ({
      z: times[i]!,
      shift: [(x - undoneShifts[i]![0]) * scale[0], (y - undoneShifts[i]![1]) * scale[1]] as const,
    }))
    .filter((_, i) => isUsable[i]);
  return { x: patch.x, y: patch.y, points };
}

/** Each thread processes one patch at a time, in its own slot. */
async function alignPatches(pool: ThreadPool, jobs: readonly PatchJob[]): Promise<Shift[][]> {
  const patchShifts: Shift[][] = [];
  for (let firstJob = 0; firstJob < jobs.length; firstJob += pool.threads) {
    const round = jobs.slice(firstJob, firstJob + pool.threads);
    const results = await pool.run(round.map((job, slot) => ({ kind: 'alignPatch' as const, slot, job })));
    patchShifts.push(...(results as Shift[][]));
  }
  return patchShifts;
}

async function runOnAllThreads(
  pool: ThreadPool,
  count: number,
  task: (slot: number, indices: number[]) => Parameters<ThreadPool['run']>[0][number],
): Promise<void> {
  const allIndices = Array.from({ length: count }, (_, i) => i);
  await pool.run(
    Array.from({ length: pool.threads }, (_, slot) =>
      task(
        slot,
        allIndices.filter((i) => i % pool.threads === slot),
      ),
    ),
  );
}
