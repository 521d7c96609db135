import type { Shift } from './align-tasks.ts';
import type { TaskContext } from './context.ts';
import { fillDoseWeights } from './dose.ts';
import { transformFrame } from './frame-tasks.ts';
import { type Plane, planeBytes } from './geometry.ts';
import { WEIGHT_COUNT } from './layout.ts';
import { fillRamp } from './ramp.ts';
import { type LocalWarp, undoLocalMotion } from './warp.ts';

/** Work of the second pass: aligned frames into the sums, in Fourier space. */

export interface DoseSetting {
  readonly dosePerFrameEA2: number;
  readonly voltageKv: number;
  readonly pixelSizeA: number;
}

/** 1/A from one entry of a table of weights to the next; the last entry is the corner of the sum's spectrum. */
export function weightStepPerA(sum: Plane, frame: Plane, pixelSizeA: number): number {
  const edgeX = sum.width / 2 / (frame.width * pixelSizeA);
  const edgeY = sum.height / 2 / (frame.height * pixelSizeA);
  return Math.hypot(edgeX, edgeY) / (WEIGHT_COUNT - 1);
}

/** Factors that turn (kx, ky) into places in a table of weights. */
export function weightFactors(sum: Plane, frame: Plane): [number, number] {
  const step = weightStepPerA(sum, frame, 1);
  return [(1 / (frame.width * step)) ** 2, (1 / (frame.height * step)) ** 2];
}

/**
 * Undoes local motion in a frame, transforms it and makes the tables that align and weigh it.
 * @param shift - motion of the content as a whole, movie pixels
 * @param local - what differs over the field
 */
export function prepareFrame(
  context: TaskContext,
  slotIndex: number,
  frame: number,
  shift: Shift,
  local: LocalWarp | null,
  dose: DoseSetting | null,
): void {
  const { frame: plane, sum } = context.layout.geometry;
  const slot = context.layout.slots[slotIndex]!;
  transformFrame(context, slotIndex, frame, sum.blocks, () => {
    if (local) undoLocalMotion(context, slotIndex, shift, local);
  });
  fillRamp(
    context.float32(slot.rampX, sum.blocks * 8),
    context.float32(slot.rampY, sum.height * 2),
    sum,
    shift[0] / plane.width,
    shift[1] / plane.height,
  );
  if (dose) {
    fillDoseWeights(
      context.float32(slot.weights, WEIGHT_COUNT),
      weightStepPerA(sum, plane, dose.pixelSizeA),
      frame,
      dose.dosePerFrameEA2,
      dose.voltageKv,
    );
  }
}

/** Where the frame in a slot goes: addresses of spectra; `weighted` 0: to none. */
export interface SumTarget {
  readonly slot: number;
  readonly plain: number;
  readonly weighted: number;
}

/** Adds one part of the rows of the prepared slots to the sums. */
export function accumulateFrames(
  context: TaskContext,
  part: number,
  parts: number,
  targets: readonly SumTarget[],
): void {
  const { layout, kernels } = context;
  const { frame, sum } = layout.geometry;
  const [xFactor, yFactor] = weightFactors(sum, frame);
  for (const { slot: index, plain, weighted } of targets) {
    const slot = layout.slots[index]!;
    kernels.spectra.accumulate(
      slot.frame,
      frame.pitch,
      frame.height,
      plain,
      weighted,
      sum.pitch,
      sum.height,
      sum.blocks,
      slot.rampX,
      slot.rampY,
      slot.weights,
      WEIGHT_COUNT - 1,
      xFactor,
      yFactor,
      Math.floor((sum.height * part) / parts),
      Math.floor((sum.height * (part + 1)) / parts),
    );
  }
}

/** Normalises (where there are weights) one part of the rows of a sum and clears what a Fourier crop leaves undefined. */
export function normaliseSum(
  context: TaskContext,
  part: number,
  parts: number,
  spectrum: number,
  weights: number,
): void {
  const { layout, kernels } = context;
  const { frame, sum } = layout.geometry;
  const first = Math.floor((sum.height * part) / parts);
  const last = Math.floor((sum.height * (part + 1)) / parts);
  if (weights) {
    const [xFactor, yFactor] = weightFactors(sum, frame);
    const shape = [sum.pitch, sum.height, sum.blocks] as const;
    kernels.spectra.weigh(spectrum, ...shape, weights, WEIGHT_COUNT - 1, xFactor, yFactor, first, last);
  }
  const values = context.float32(spectrum, planeBytes(sum) / 4);
  const stride = sum.pitch / 4;
  for (let y = first; y < last; y++) {
    // the highest frequency of a cropped spectrum lacks its partner
    if (sum.height < frame.height && y === sum.height / 2) values.fill(0, y * stride, (y + 1) * stride);
    if (sum.width < frame.width) {
      values[y * stride + sum.width] = 0;
      values[y * stride + sum.width + 4] = 0;
    }
  }
}

/** Inverse transform of a sum, columns first, then rows (after all columns): one part each. */
export function invertColumns(context: TaskContext, part: number, parts: number, spectrum: number): void {
  const { layout, kernels } = context;
  const { sum } = layout.geometry;
  const pairs = sum.blocks / 2;
  const first = Math.floor((pairs * part) / parts) * 2;
  const last = Math.floor((pairs * (part + 1)) / parts) * 2;
  const { scratch } = layout.slots[part]!;
  kernels.fft.columns(layout.plans.sum.columns, spectrum, sum.pitch, first, last, 1, 1, scratch);
}

/** The scale keeps the mean of a pixel whatever the binning, as RELION's and MotionCor's sums do. */
export function invertRows(context: TaskContext, part: number, parts: number, spectrum: number): void {
  const { layout, kernels } = context;
  const { sum, frame } = layout.geometry;
  const first = Math.floor((sum.height * part) / parts);
  const last = Math.floor((sum.height * (part + 1)) / parts);
  const { rows } = layout.plans.sum;
  const scale = 1 / (frame.width * frame.height);
  const { scratch } = layout.slots[part]!;
  kernels.fft.rowsInverse(rows, spectrum, sum.pitch, spectrum, sum.pitch, first, last, scale, scratch);
}
