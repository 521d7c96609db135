import type { Shift } from './align-tasks.ts';
import type { TaskContext } from './context.ts';
import { FRACTION_STEPS, TAPS } from './interpolation.ts';
import { BAND_ROWS, bandPitch } from './layout.ts';
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

/** True where there is nothing to undo: in the first frame, to which all motion refers. */
export function isAtRest({ x, y }: LocalWarp): boolean {
  return [...x, ...y].every((v) => v === 0);
}

/**
 * Undoes local motion in a frame that comes row by row, before the motion as a whole is undone by phase ramps: the content of place p of
 * the corrected image lies at p + shift + local(p), so the pixel q takes what lies at q + local(q - shift).
 * @param shift - motion of the content as a whole, movie pixels
 */
export function createWarp(context: TaskContext, slotIndex: number, shift: Shift, local: LocalWarp) {
  const { layout, kernels } = context;
  const { movieWidth, movieHeight, frame } = layout.geometry;
  const { shape, line, ring } = layout.slots[slotIndex]!.warp;
  const pitch = bandPitch(frame);
  const reach = Math.min(local.reach, movieWidth, movieHeight);
  const ringRows = BAND_ROWS + 3 * reach;
  const origin = [-shift[0] / movieWidth - 0.5, -shift[1] / movieHeight - 0.5] as const;
  context
    .float32(shape, 16)
    .set([...local.x, ...local.y, 1 / movieWidth, origin[0], 1 / movieHeight, origin[1]]);
  const filters = [shape, layout.filters, FRACTION_STEPS] as const;
  return {
    /** Rows of the result that are ready once the rows of the source up to `last` have been given. */
    ready: (last: number) => (last === movieHeight ? movieHeight : Math.max(0, last - reach)),
    /** Takes the next rows, BAND_ROWS at most. */
    give(from: number, first: number, last: number): void {
      const rows = [movieWidth, movieHeight, first, last] as const;
      kernels.warp.filterRows(from, pitch, ...rows, ...filters, line, ring, ringRows, reach);
    },
    take(to: number, first: number, last: number): void {
      kernels.warp.filterColumns(to, pitch, movieWidth, first, last, ...filters, ring, ringRows, reach);
    },
  };
}
