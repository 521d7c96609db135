import { PAIR_BYTES, panelBytes } from '../fft/plan.ts';
import type { Shift } from './align-tasks.ts';
import type { TaskContext } from './context.ts';
import { mirroredIndex, padByMirror } from './edges.ts';
import { rawFrameArguments, readPixels } from './frame-tasks.ts';
import { BAND_ROWS, bandPitch, type FrameBuffer } from './layout.ts';
import { createWarp, hasNoMotion, type LocalWarp } from './warp.ts';

/**
 * Pass 2: decodes a frame, corrects it, undoes its local motion, pads it with its mirrored edges and
 * transforms it along its rows, into panels (`fft/plan.ts`). All steps process one band of rows at a time, so
 * that the frame is read from main memory only once.
 */
export function transformRows(
  context: TaskContext,
  slotIndex: number,
  buffer: FrameBuffer,
  frame: number,
  shift: Shift,
  local: LocalWarp | null,
): void {
  const { layout, kernels } = context;
  const { movieWidth, movieHeight, frame: plane } = layout.geometry;
  const { band, warpedBand } = layout.slots[slotIndex]!;
  const pitch = bandPitch(plane);
  readPixels(context, slotIndex, 0, frame);
  const { type, raw, gain, gainPitch, bad } = rawFrameArguments(context, slotIndex, 0);
  const source = [type, raw, gain, gainPitch, bad, frame, movieWidth] as const;
  const warp = local && !hasNoMotion(local) ? createWarp(context, slotIndex, shift, local) : null;
  let doneRows = 0;
  for (let first = 0; first < movieHeight; first += BAND_ROWS) {
    const last = Math.min(first + BAND_ROWS, movieHeight);
    kernels.pixels.correct(...source, first, last, band, pitch);
    if (!warp) {
      transformBand(context, slotIndex, buffer, band, first, last);
      continue;
    }
    warp.addRows(band, first, last);
    for (const readyRows = warp.readyRows(last); doneRows < readyRows; ) {
      const next = Math.min(doneRows + BAND_ROWS, readyRows);
      warp.writeRows(warpedBand, doneRows, next);
      transformBand(context, slotIndex, buffer, warpedBand, doneRows, next);
      doneRows = next;
    }
  }
  padRows(context, buffer);
}

/** Transforms rows [first, last) of the image at `band` into the panels of a frame buffer. */
function transformBand(
  context: TaskContext,
  slotIndex: number,
  buffer: FrameBuffer,
  band: number,
  first: number,
  last: number,
): void {
  const { layout, kernels } = context;
  const { movieWidth, frame, sum } = layout.geometry;
  const pitch = bandPitch(frame);
  const rows = last - first;
  padByMirror(context.float32(band, (rows * pitch) / 4), pitch / 4, movieWidth, rows, frame.width);
  const to = buffer.frame + first * PAIR_BYTES;
  const { scratch } = layout.slots[slotIndex]!;
  const target = [to, PAIR_BYTES, panelBytes(frame.height)] as const;
  kernels.fft.rowsForward(layout.plans.frame.rows, band, pitch, ...target, sum.blocks, rows, scratch);
}

/**
 * Fills the rows beyond the frame with copies of the rows that they mirror, which are already transformed.
 */
function padRows(context: TaskContext, buffer: FrameBuffer): void {
  const { movieHeight, frame, sum } = context.layout.geometry;
  for (let panel = 0; panel < sum.blocks / 2; panel++) {
    const bytes = context.bytes(buffer.frame + panel * panelBytes(frame.height), frame.height * PAIR_BYTES);
    for (let y = movieHeight; y < frame.height; y++) {
      const from = mirroredIndex(movieHeight, frame.height, y) * PAIR_BYTES;
      bytes.copyWithin(y * PAIR_BYTES, from, from + PAIR_BYTES);
    }
  }
}
