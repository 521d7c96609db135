import { PAIR_BYTES } from '../fft/plan.ts';
import type { TaskContext } from './context.ts';
import type { Plane } from './geometry.ts';
import type { Plans } from './layout.ts';

/** Transforms of a plane whose rows are contiguous. */

/**
 * Transforms the image in a slot's frame to its spectrum, in place; only the first `blocks` blocks of
 * columns.
 */
export function forwardPlane(
  context: TaskContext,
  slotIndex: number,
  { pitch, height }: Plane,
  plans: Plans,
  blocks: number,
): void {
  const { fft } = context.kernels;
  const { frame, scratch } = context.layout.slots[slotIndex]!;
  fft.rowsForward(plans.rows, frame, pitch, frame, pitch, PAIR_BYTES, blocks, height, scratch);
  fft.columns(plans.columns, frame, pitch, PAIR_BYTES, 0, blocks, 0, 1, scratch);
}

/** Transforms the spectrum at `from`, which is overwritten, to its image at `to`. */
export function inversePlane(
  context: TaskContext,
  slotIndex: number,
  { pitch, height, blocks }: Plane,
  plans: Plans,
  from: number,
  to: number,
  scale: number,
): void {
  const { fft } = context.kernels;
  const { scratch } = context.layout.slots[slotIndex]!;
  fft.columns(plans.columns, from, pitch, PAIR_BYTES, 0, blocks, 1, 1, scratch);
  fft.rowsInverse(plans.rows, from, pitch, PAIR_BYTES, to, pitch, height, scale, scratch);
}
