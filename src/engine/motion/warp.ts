import type { Shift } from './align-tasks.ts';
import type { TaskContext } from './context.ts';
import { FRACTION_STEPS, TAPS } from './interpolation.ts';
import { BAND_ROWS, bandPitch } from './layout.ts';
import { type LocalModel, maxShift, spatialCoefficients } from './local-model.ts';

/** Local motion of one frame: coefficients of 1, x, x^2, y, y^2, xy for each axis, movie pixels. */
export interface LocalWarp {
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Reach of the filters on each side, pixels. */
  readonly reach: number;
}

export function localWarps(model: LocalModel, frames: number): LocalWarp[] {
  const reach = Math.ceil(maxShift(model, frames)) + TAPS / 2 + 1;
  return Array.from({ length: frames }, (_, z) => ({
    x: spatialCoefficients(model.x, z),
    y: spatialCoefficients(model.y, z),
    reach,
  }));
}

/** Whether there is no motion to undo, as in the first frame, which is the reference. */
export function hasNoMotion({ x, y }: LocalWarp): boolean {
  return [...x, ...y].every((v) => v === 0);
}

/**
 * Undoes local motion in a frame that is passed row by row, before the whole-frame motion is undone by phase
 * ramps: the content at p of the corrected image is at p + shift + local(p), so that pixel q gets the value
 * at q + local(q - shift).
 * @param shift - motion of the whole frame, movie pixels
 */
export function createWarp(context: TaskContext, slotIndex: number, shift: Shift, local: LocalWarp) {
  const { layout, kernels } = context;
  const { movieWidth, movieHeight, frame } = layout.geometry;
  const { motionModel, line, ring } = layout.slots[slotIndex]!.warp;
  const pitch = bandPitch(frame);
  const reach = Math.min(local.reach, movieWidth, movieHeight);
  const ringRows = BAND_ROWS + 3 * reach;
  const origin = [-shift[0] / movieWidth - 0.5, -shift[1] / movieHeight - 0.5] as const;
  context
    .float32(motionModel, 16)
    .set([...local.x, ...local.y, 1 / movieWidth, origin[0], 1 / movieHeight, origin[1]]);
  const filters = [motionModel, layout.filters, FRACTION_STEPS] as const;
  return {
    /**
     * Number of result rows that can be computed after the rows of the source up to `last` have been added.
     */
    readyRows: (last: number) => (last === movieHeight ? movieHeight : Math.max(0, last - reach)),
    /** Adds the next rows of the source, at most BAND_ROWS. */
    addRows(from: number, first: number, last: number): void {
      const rows = [movieWidth, movieHeight, first, last] as const;
      kernels.warp.filterRows(from, pitch, ...rows, ...filters, line, ring, ringRows, reach);
    },
    /** Writes the next rows of the result, at most BAND_ROWS. */
    writeRows(to: number, first: number, last: number): void {
      kernels.warp.filterColumns(to, pitch, movieWidth, first, last, ...filters, ring, ringRows, reach);
    },
  };
}
