import { PAIR_BYTES } from '../fft/plan.ts';
import type { TaskContext } from './context.ts';
import { type Plane, planeBytes } from './geometry.ts';
import { type AlignSpace, RING_COUNT } from './layout.ts';
import { fillRamp } from './ramp.ts';

/**
 * Tasks of one round of alignment, on the spectra of an `AlignSpace`. Shifts are motion of the content in
 * pixels of the crop.
 */

export type Shift = readonly [number, number];

/**
 * Factors that convert (kx, ky) of a plane to rings; the last ring is the Nyquist frequency of the crop's
 * shorter axis.
 */
function ringFactors(context: TaskContext, plane: Plane): [number, number] {
  const [scaleX, scaleY] = context.layout.geometry.cropScale;
  const edge = Math.min(1 / scaleX, 1 / scaleY) / 2;
  return [(RING_COUNT / edge / scaleX / plane.width) ** 2, (RING_COUNT / edge / scaleY / plane.height) ** 2];
}

/** Sets the slot's ramps to undo a motion on spectra of this size. */
export function setRamp(context: TaskContext, slotIndex: number, plane: Plane, shift: Shift): void {
  const slot = context.layout.slots[slotIndex]!;
  fillRamp(
    context.float32(slot.rampX, plane.blocks * 8),
    context.float32(slot.rampY, plane.height * 2),
    plane,
    shift[0] / plane.width,
    shift[1] / plane.height,
  );
}

/**
 * Computes one part of the rows of two sums over aligned crops: that of the crops, and that of their
 * ramps. The latter is the transfer function of the sum for a static pattern.
 * @param shifts - one per index
 */
export function sumCrops(
  context: TaskContext,
  space: AlignSpace,
  slotIndex: number,
  part: number,
  parts: number,
  indices: readonly number[],
  shifts: readonly Shift[],
): void {
  const { kernels } = context;
  const { plane: crop, reference, transfer } = space;
  const slot = context.layout.slots[slotIndex]!;
  const first = Math.floor((crop.height * part) / parts);
  const last = Math.floor((crop.height * (part + 1)) / parts);
  for (const sum of [reference, transfer]) {
    context.float32(sum + first * crop.pitch, ((last - first) * crop.pitch) / 4).fill(0);
  }
  shifts.forEach((shift, i) => {
    setRamp(context, slotIndex, crop, shift);
    const from = space.crops + indices[i]! * planeBytes(crop);
    const planeArguments = [crop.pitch, crop.height, crop.blocks, slot.rampX, slot.rampY] as const;
    kernels.spectra.addAligned(from, reference, ...planeArguments, first, last);
    kernels.spectra.addRamp(transfer, crop.pitch, crop.blocks, slot.rampX, slot.rampY, first, last);
  });
}

/** Sum of |F|^2 in each ring, over the spectra at `addresses`. */
export function ringPowers(context: TaskContext, addresses: readonly number[]): Float64Array {
  const { layout, kernels } = context;
  const { crop } = layout.geometry;
  const rings = context.float64(layout.rings, RING_COUNT).fill(0);
  const [xFactor, yFactor] = ringFactors(context, crop);
  for (const address of addresses) {
    kernels.spectra.ringPower(
      address,
      crop.pitch,
      crop.height,
      crop.width / 2,
      layout.rings,
      RING_COUNT,
      xFactor,
      yFactor,
    );
  }
  return Float64Array.from(rings);
}

/**
 * Cross-correlation of each crop with the sum of the others, around zero shift.
 * @param shifts - one per index
 * @returns for each crop, a map of (2 window + 1)^2 values, row-major, centre = zero shift
 */
export function correlateCrops(
  context: TaskContext,
  space: AlignSpace,
  slotIndex: number,
  indices: readonly number[],
  shifts: readonly Shift[],
  window: number,
): Float32Array[] {
  const { kernels } = context;
  const { plane: crop, plans } = space;
  const slot = context.layout.slots[slotIndex]!;
  const [xFactor, yFactor] = ringFactors(context, crop);
  const out = slot.frame;
  const stride = crop.pitch / 4;
  const values = context.float32(out, planeBytes(crop) / 4);
  return indices.map((index, i) => {
    setRamp(context, slotIndex, crop, shifts[i]!);
    const from = space.crops + index * planeBytes(crop);
    kernels.spectra.correlate(
      from,
      space.reference,
      space.transfer,
      out,
      crop.pitch,
      crop.height,
      crop.blocks,
      slot.rampX,
      slot.rampY,
      space.correlationWeights,
      space.patternWeights,
      RING_COUNT,
      xFactor,
      yFactor,
    );
    kernels.fft.columns(plans.columns, out, crop.pitch, PAIR_BYTES, 0, crop.blocks, 1, 1, slot.scratch);
    const ranges = [
      [0, window + 1],
      [crop.height - window, crop.height],
    ] as const;
    for (const [first, last] of ranges) {
      const row = out + first * crop.pitch;
      const rows = [row, crop.pitch, PAIR_BYTES, row, crop.pitch] as const;
      kernels.fft.rowsInverse(plans.rows, ...rows, last - first, 1, slot.scratch);
    }
    const side = 2 * window + 1;
    const correlation = new Float32Array(side * side);
    for (let y = -window; y <= window; y++) {
      const row = ((y + crop.height) % crop.height) * stride;
      for (let x = -window; x <= window; x++) {
        correlation[(y + window) * side + x + window] = values[row + ((x + crop.width) % crop.width)]!;
      }
    }
    return correlation;
  });
}
