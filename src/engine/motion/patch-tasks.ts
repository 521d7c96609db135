import { correlateCrops, type Shift, setRamp, sumCrops } from './align-tasks.ts';
import type { TaskContext } from './context.ts';
import { planeBytes } from './geometry.ts';
import { type AlignSpace, RING_COUNT } from './layout.ts';
import { residualShifts } from './residual-shifts.ts';
import { smoothTrajectory } from './smooth.ts';
import { forwardPlane, inversePlane } from './transforms.ts';

/** Tasks on patches, which are cut out of the crops after whole-frame alignment and aligned separately. */

/** Transforms crops, aligned by their shifts, into images of mean zero, in place. */
export function cropsToImages(
  context: TaskContext,
  slotIndex: number,
  indices: readonly number[],
  shifts: readonly Shift[],
): void {
  const { layout } = context;
  const { plane, plans, crops } = layout.wholeFrame;
  const slot = layout.slots[slotIndex]!;
  const scale = 1 / (plane.width * plane.height);
  for (const index of indices) {
    const image = crops + index * planeBytes(plane);
    alignInto(context, slotIndex, layout.wholeFrame, image, slot.frame, shifts[index]!);
    const values = context.float32(slot.frame, 8);
    values[0] = 0;
    values[4] = 0;
    inversePlane(context, slotIndex, plane, plans, slot.frame, image, scale);
  }
}

/** to = spectrum at `from` with the motion `shift` undone. */
function alignInto(
  context: TaskContext,
  slotIndex: number,
  space: AlignSpace,
  from: number,
  to: number,
  shift: Shift,
): void {
  const { plane } = space;
  const slot = context.layout.slots[slotIndex]!;
  context.float32(to, planeBytes(plane) / 4).fill(0);
  setRamp(context, slotIndex, plane, shift);
  const { pitch, height, blocks } = plane;
  context.kernels.spectra.addAligned(from, to, pitch, height, blocks, slot.rampX, slot.rampY, 0, height);
}

/**
 * One patch and the current estimate of its motion. All shifts are the motion of the content on the camera,
 * in pixels of the crop.
 */
export interface PatchJob {
  /** First pixel of the patch in the crop's image. */
  readonly originX: number;
  readonly originY: number;
  /** First and last crop of each group of crops that are combined. */
  readonly groups: readonly (readonly [number, number])[];
  /** Shift that has been undone in the images, the mean of each group. */
  readonly undoneShifts: readonly Shift[];
  readonly initialShifts: readonly Shift[];
  /** Search window of each round, pixels on each side. */
  readonly windows: readonly number[];
  /** Variance of a shift along each axis, pixels squared. */
  readonly variance: number;
}

/** Aligns the groups of one patch. @returns shift of each group, not smoothed, up to a common offset */
export function alignPatch(context: TaskContext, slotIndex: number, job: PatchJob): Shift[] {
  const space = context.layout.slots[slotIndex]!.patch;
  if (!space) throw new Error('a patch was submitted, but the memory layout has no space for local motion');
  cutPatch(context, slotIndex, space, job);
  const indices = job.groups.map((_, i) => i);
  let smoothedShifts: readonly Shift[] = job.initialShifts;
  let groupShifts: Shift[] = [...job.initialShifts];
  for (const window of job.windows) {
    sumCrops(context, space, slotIndex, 0, 1, indices, smoothedShifts);
    const residuals = residualShifts(
      correlateCrops(context, space, slotIndex, indices, smoothedShifts, window),
      window,
      0,
    );
    groupShifts = smoothedShifts.map(([x, y], i) => [x + residuals[i]![0], y + residuals[i]![1]] as const);
    const relativeShifts = groupShifts.map(
      ([x, y], i) => [x - job.undoneShifts[i]![0], y - job.undoneShifts[i]![1]] as const,
    );
    smoothedShifts = smoothTrajectory(relativeShifts, job.variance).map(
      ([x, y], i) => [x + job.undoneShifts[i]![0], y + job.undoneShifts[i]![1]] as const,
    );
  }
  return groupShifts;
}

/** Fraction of a patch's side over which its window falls to zero, at each end. */
const TAPER_FRACTION = 0.25;

/** Cache of windows: there are few lengths but many patches. */
const windows = new Map<number, Float32Array>();

/** Window of a patch along one axis: flat, with ends that fall along half a cosine period. */
export function patchWindow(length: number): Float32Array {
  const window = windows.get(length) ?? makeWindow(length);
  windows.set(length, window);
  return window;
}

function makeWindow(length: number): Float32Array {
  const taperLength = Math.floor(length * TAPER_FRACTION);
  return Float32Array.from({ length }, (_, i) => {
    const distance = Math.min(i, length - 1 - i);
    return distance >= taperLength ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * (distance + 0.5)) / taperLength);
  });
}

/**
 * Computes the spectra of the groups of a patch, with the content at its position on the camera, and sets the
 * weights: those of the whole frame, with the static pattern scaled to the area of the patch.
 */
function cutPatch(context: TaskContext, slotIndex: number, space: AlignSpace, job: PatchJob): void {
  const { layout, kernels } = context;
  const slot = layout.slots[slotIndex]!;
  const { plane, plans } = space;
  const { plane: crop, crops } = layout.wholeFrame;
  const windowX = patchWindow(plane.width);
  const windowY = patchWindow(plane.height);
  const { windowX: windowXAddress, windowY: windowYAddress } = space;
  context.float32(windowXAddress, plane.width).set(windowX);
  context.float32(windowYAddress, plane.height).set(windowY);
  job.groups.forEach(([first, last], group) => {
    context.float32(slot.frame, planeBytes(plane) / 4).fill(0);
    const { addRows, applyWindow } = kernels.pixels;
    for (let index = first; index <= last; index++) {
      const corner = crops + index * planeBytes(crop) + job.originY * crop.pitch + job.originX * 4;
      addRows(corner, crop.pitch, slot.frame, plane.pitch, plane.width, plane.height);
    }
    applyWindow(slot.frame, plane.pitch, plane.width, plane.height, windowXAddress, windowYAddress);
    forwardPlane(context, slotIndex, plane, plans, plane.blocks);
    const [x, y] = job.undoneShifts[group]!;
    alignInto(context, slotIndex, space, slot.frame, space.crops + group * planeBytes(plane), [-x, -y]);
  });
  // power of a static pattern: that of the crop, in the window's area, from all frames of a group together
  const squares = (window: Float32Array) => window.reduce((sum, v) => sum + v * v, 0);
  const cropsPerGroup =
    job.groups.reduce((sum, [first, last]) => sum + last - first + 1, 0) / job.groups.length;
  const power = (squares(windowX) * squares(windowY) * cropsPerGroup ** 2) / (crop.width * crop.height);
  const weights = (address: number) => context.float32(address, RING_COUNT + 8);
  weights(space.correlationWeights).set(weights(layout.wholeFrame.correlationWeights));
  weights(space.patternWeights).set(weights(layout.wholeFrame.patternWeights).map((v) => v * power));
}
