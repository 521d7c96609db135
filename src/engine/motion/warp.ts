import type { Shift } from './align-tasks.ts';
import type { TaskContext } from './context.ts';
import { FRACTION_STEPS, TAPS } from './interpolation.ts';
import { type LocalModel, largestShift, spatialCoefficients } from './local-model.ts';

/** Local motion of one frame: factors of 1, x, x^2, y, y^2, xy along each axis, movie pixels. */
export interface LocalWarp {
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Pixels that the filters reach to each side. */
  readonly reach: number;
}

export function localWarps(model: LocalModel, frames: number): LocalWarp[] {
  const reach = Math.ceil(largestShift(model, frames)) + TAPS / 2 + 1;
  return Array.from({ length: frames }, (_, z) => ({
    x: spatialCoefficients(model.x, z),
    y: spatialCoefficients(model.y, z),
    reach,
  }));
}

/**
 * Undoes local motion in the frame of a slot, in place, before the motion as a whole is undone by phase ramps: the content of
 * place p of the corrected image lies at p + shift + local(p), so the pixel q takes what lies at q + local(q - shift).
 */
export function undoLocalMotion(
  context: TaskContext,
  slotIndex: number,
  shift: Shift,
  local: LocalWarp,
): void {
  // the first frame, to which all motion refers
  if ([...local.x, ...local.y].every((v) => v === 0)) return;
  const { layout, kernels } = context;
  const { movieWidth, movieHeight, frame } = layout.geometry;
  const { warp, frame: address } = layout.slots[slotIndex]!;
  context
    .float32(warp.shape, 16)
    .set([
      ...local.x,
      ...local.y,
      ...[1 / movieWidth, -shift[0] / movieWidth - 0.5, 1 / movieHeight, -shift[1] / movieHeight - 0.5],
    ]);
  kernels.warp.warp(
    address,
    frame.pitch,
    movieWidth,
    movieHeight,
    warp.shape,
    layout.filters,
    FRACTION_STEPS,
    warp.line,
    warp.ring,
    Math.min(local.reach, movieWidth, movieHeight),
  );
}
