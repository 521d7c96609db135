import { BLOCK_BYTES, PAIR_BYTES, panelBytes } from '../fft/plan.ts';
import type { Shift } from './align-tasks.ts';
import type { TaskContext } from './context.ts';
import { fillDoseWeights } from './dose.ts';
import { transformRows } from './full-frame.ts';
import type { Plane } from './geometry.ts';
import { WEIGHT_COUNT } from './layout.ts';
import { fillRamp } from './ramp.ts';
import type { LocalWarp } from './warp.ts';

/** Tasks of the second pass: add aligned frames to the sums, in Fourier space. */

export interface DoseSetting {
  readonly dosePerFrameEA2: number;
  readonly voltageKv: number;
  readonly pixelSizeA: number;
}

/** Step of the weight tables, 1/A; the last entry is the corner of the sum's spectrum. */
export function weightStepPerA(sum: Plane, frame: Plane, pixelSizeA: number): number {
  const edgeX = sum.width / 2 / (frame.width * pixelSizeA);
  const edgeY = sum.height / 2 / (frame.height * pixelSizeA);
  return Math.hypot(edgeX, edgeY) / (WEIGHT_COUNT - 1);
}

/** Factors that convert (kx, ky) to indices in a weight table. */
function weightFactors(sum: Plane, frame: Plane): [number, number] {
  const step = weightStepPerA(sum, frame, 1);
  return [(1 / (frame.width * step)) ** 2, (1 / (frame.height * step)) ** 2];
}

/**
 * Loads a frame into a buffer and makes the tables for its alignment and weighting.
 * @param shift - motion of the whole frame, movie pixels
 * @param local - local motion
 */
export function prepareFrame(
  context: TaskContext,
  slotIndex: number,
  bufferIndex: number,
  frame: number,
  shift: Shift,
  local: LocalWarp | null,
  dose: DoseSetting | null,
): void {
  const { frame: plane, sum } = context.layout.geometry;
  const buffer = context.layout.frameBuffers[bufferIndex]!;
  transformRows(context, slotIndex, buffer, frame, shift, local);
  fillRamp(
    context.float32(buffer.rampX, sum.blocks * 8),
    context.float32(buffer.rampY, sum.height * 2),
    sum,
    shift[0] / plane.width,
    shift[1] / plane.height,
  );
  if (dose) {
    fillDoseWeights(
      context.float32(buffer.weights, WEIGHT_COUNT),
      weightStepPerA(sum, plane, dose.pixelSizeA),
      frame,
      dose.dosePerFrameEA2,
      dose.voltageKv,
    );
  }
}

/** First panel of a part of a sum, and the one after its last. */
function panelsOf(sum: Plane, part: number, parts: number): [number, number] {
  const panels = sum.blocks / 2;
  return [Math.floor((panels * part) / parts), Math.floor((panels * (part + 1)) / parts)];
}

/** Addresses of the sums to which a frame is added; `weighted` is 0 without a weighted sum. */
export interface SumTarget {
  readonly buffer: number;
  readonly plain: number;
  readonly weighted: number;
}

/** Transforms one part of the panels of the prepared frames along their columns and adds them to the sums. */
export function accumulateFrames(
  context: TaskContext,
  part: number,
  parts: number,
  targets: readonly SumTarget[],
): void {
  const { layout, kernels } = context;
  const { frame, sum } = layout.geometry;
  const { workBuffer, scratch } = layout.slots[part]!;
  const factors = weightFactors(sum, frame);
  const { columns } = layout.plans.frame;
  const [first, last] = panelsOf(sum, part, parts);
  for (let panel = first; panel < last; panel++) {
    const sumOffset = panel * panelBytes(sum.height);
    for (const target of targets) {
      const buffer = layout.frameBuffers[target.buffer]!;
      const sums = [target.plain + sumOffset, target.weighted && target.weighted + sumOffset] as const;
      const from = buffer.frame + panel * panelBytes(frame.height);
      for (const block of [0, BLOCK_BYTES]) {
        kernels.fft.column(columns, from + block, PAIR_BYTES, workBuffer + block, PAIR_BYTES, 0, 1, scratch);
      }
      const tables = [buffer.rampX, buffer.rampY, buffer.weights, WEIGHT_COUNT - 1] as const;
      kernels.spectra.accumulatePanel(
        workBuffer,
        frame.height,
        ...sums,
        sum.height,
        panel,
        ...tables,
        ...factors,
      );
    }
  }
}

/**
 * Normalises one part of the panels of a sum (if there are weights), clears undefined values of the Fourier
 * crop, and inverse-transforms its columns.
 */
export function finishPanels(
  context: TaskContext,
  part: number,
  parts: number,
  spectrum: number,
  weights: number,
): void {
  const { layout, kernels } = context;
  const { frame, sum } = layout.geometry;
  const { scratch } = layout.slots[part]!;
  const pitch = panelBytes(sum.height);
  const [first, last] = panelsOf(sum, part, parts);
  for (let panel = first; panel < last; panel++) {
    const at = spectrum + panel * pitch;
    const { weighPanel } = kernels.spectra;
    if (weights) weighPanel(at, sum.height, panel, weights, WEIGHT_COUNT - 1, ...weightFactors(sum, frame));
    clearUnpairedFrequencies(context, at, panel);
  }
  kernels.fft.columns(
    layout.plans.sum.columns,
    spectrum,
    PAIR_BYTES,
    pitch,
    2 * first,
    2 * last,
    1,
    1,
    scratch,
  );
}

/** Clears the highest frequency of a cropped spectrum, which lacks its conjugate. */
function clearUnpairedFrequencies(context: TaskContext, address: number, panel: number): void {
  const { frame, sum } = context.layout.geometry;
  const stride = PAIR_BYTES / 4;
  const values = context.float32(address, sum.height * stride);
  const nyquistRow = sum.height / 2;
  if (sum.height < frame.height && Number.isInteger(nyquistRow)) {
    values.fill(0, nyquistRow * stride, (nyquistRow + 1) * stride);
  }
  if (sum.width >= frame.width || panel !== sum.width / 16) return;
  // column width / 2: real and imaginary part are the first of their vectors
  for (let y = 0; y < sum.height; y++) {
    values[y * stride] = 0;
    values[y * stride + 4] = 0;
  }
}

/**
 * Computes one part of the rows of a sum's image, at `to`, from panels whose columns have been
 * inverse-transformed. The scale preserves the mean of a pixel for any binning, as in RELION's and
 * MotionCor's sums.
 */
export function inverseTransformRows(
  context: TaskContext,
  part: number,
  parts: number,
  spectrum: number,
  to: number,
): void {
  const { layout, kernels } = context;
  const { sum, frame } = layout.geometry;
  const first = Math.floor((sum.height * part) / parts);
  const rows = Math.floor((sum.height * (part + 1)) / parts) - first;
  const source = [spectrum + first * PAIR_BYTES, PAIR_BYTES, panelBytes(sum.height)] as const;
  const target = [to + first * sum.pitch, sum.pitch] as const;
  const scale = 1 / (frame.width * frame.height);
  const { scratch } = layout.slots[part]!;
  kernels.fft.rowsInverse(layout.plans.sum.rows, ...source, ...target, rows, scale, scratch);
}
