import type { TaskContext } from './context.ts';
import { planeBytes } from './geometry.ts';
import { RING_COUNT } from './layout.ts';
import { fillRamp } from './ramp.ts';

/** Work of one round of alignment, on the crops. Shifts are motion of the content in pixels of the crop. */

export type Shift = readonly [number, number];

/** Factors that turn (kx, ky) of the crop into rings; the last ring is the edge of the crop's shorter axis, in frequency. */
export function ringFactors(context: TaskContext): [number, number] {
  const { frame, crop } = context.layout.geometry;
  const edge = Math.min(crop.width / frame.width, crop.height / frame.height) / 2;
  return [(RING_COUNT / edge / frame.width) ** 2, (RING_COUNT / edge / frame.height) ** 2];
}

function setRamp(context: TaskContext, slotIndex: number, shift: Shift): void {
  const { crop } = context.layout.geometry;
  const slot = context.layout.slots[slotIndex]!;
  fillRamp(
    context.float32(slot.rampX, crop.blocks * 8),
    context.float32(slot.rampY, crop.height * 2),
    crop,
    shift[0] / crop.width,
    shift[1] / crop.height,
  );
}

/** One part of the rows of the sum of all aligned crops, and of what that sum does to a still pattern. */
export function sumCrops(context: TaskContext, part: number, parts: number, shifts: readonly Shift[]): void {
  const { layout, kernels } = context;
  const { crop } = layout.geometry;
  const slot = layout.slots[part]!;
  const first = Math.floor((crop.height * part) / parts);
  const last = Math.floor((crop.height * (part + 1)) / parts);
  for (const sum of [layout.reference, layout.transfer]) {
    context.float32(sum + first * crop.pitch, ((last - first) * crop.pitch) / 4).fill(0);
  }
  shifts.forEach((shift, i) => {
    setRamp(context, part, shift);
    const from = layout.crops + i * planeBytes(crop);
    const shape = [crop.pitch, crop.height, crop.blocks, slot.rampX, slot.rampY] as const;
    kernels.spectra.accumulate(
      from,
      crop.pitch,
      crop.height,
      layout.reference,
      0,
      ...shape,
      0,
      0,
      0,
      0,
      first,
      last,
    );
    kernels.spectra.addRamp(layout.transfer, crop.pitch, crop.blocks, slot.rampX, slot.rampY, first, last);
  });
}

/** Sum of |F|^2 in each ring, over the spectra at `addresses`. */
export function ringPowers(context: TaskContext, addresses: readonly number[]): Float64Array {
  const { layout, kernels } = context;
  const { crop } = layout.geometry;
  const rings = context.float64(layout.rings, RING_COUNT).fill(0);
  const [xFactor, yFactor] = ringFactors(context);
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
 * Cross-correlation of crops with the sum of all others, around zero shift.
 * @returns for each a square of (2 window + 1)^2 values, row-major, centre = zero shift
 */
export function correlateCrops(
  context: TaskContext,
  slotIndex: number,
  indices: readonly number[],
  shifts: readonly Shift[],
  window: number,
): Float32Array[] {
  const { layout, kernels } = context;
  const { crop } = layout.geometry;
  const slot = layout.slots[slotIndex]!;
  const [xFactor, yFactor] = ringFactors(context);
  const out = slot.frame;
  const stride = crop.pitch / 4;
  const values = context.float32(out, planeBytes(crop) / 4);
  const rows = layout.plans.crop.rows;
  return indices.map((index) => {
    setRamp(context, slotIndex, shifts[index]!);
    const from = layout.crops + index * planeBytes(crop);
    kernels.spectra.correlate(
      from,
      layout.reference,
      layout.transfer,
      out,
      crop.pitch,
      crop.height,
      crop.blocks,
      slot.rampX,
      slot.rampY,
      layout.correlationWeights,
      layout.patternWeights,
      RING_COUNT,
      xFactor,
      yFactor,
    );
    kernels.fft.columns(layout.plans.crop.columns, out, crop.pitch, 0, crop.blocks, 1, 1, slot.scratch);
    const ranges = [
      [0, window + 1],
      [crop.height - window, crop.height],
    ] as const;
    for (const [first, last] of ranges) {
      kernels.fft.rowsInverse(rows, out, crop.pitch, out, crop.pitch, first, last, 1, slot.scratch);
    }
    const side = 2 * window + 1;
    const square = new Float32Array(side * side);
    for (let y = -window; y <= window; y++) {
      const row = ((y + crop.height) % crop.height) * stride;
      for (let x = -window; x <= window; x++) {
        square[(y + window) * side + x + window] = values[row + ((x + crop.width) % crop.width)]!;
      }
    }
    return square;
  });
}
