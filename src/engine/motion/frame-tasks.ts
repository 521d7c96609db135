import { PIXEL_BYTES, type PixelType } from '../../formats/movie.ts';
import { REPLACEMENT_LENGTH, type TaskContext } from './context.ts';
import { type Edges, fadeFactors, padByMirror, padByValue, sampledMean } from './edges.ts';
import { planeBytes } from './geometry.ts';

/** Work on single frames: decode, correct, transform, and the low frequencies that alignment keeps. */

const KERNEL_PIXEL_TYPES: Record<PixelType, number> = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
};

/**
 * Decodes a frame, applies gain and replacements, pads it and transforms it; columns up to `blocks` only.
 * @param treat - done to the corrected pixels before they are padded
 */
export function transformFrame(
  context: TaskContext,
  slotIndex: number,
  frame: number,
  blocks: number,
  edges: Edges,
  treat: () => void = () => undefined,
): void {
  const { layout, kernels, reader } = context;
  const { geometry, plans } = layout;
  const { movieWidth, movieHeight, frame: plane } = geometry;
  const slot = layout.slots[slotIndex]!;
  reader.readFrame(frame, context.bytes(slot.raw, movieWidth * movieHeight * PIXEL_BYTES[layout.pixelType]));
  kernels.pixels.convert(
    KERNEL_PIXEL_TYPES[layout.pixelType],
    slot.raw,
    layout.gain,
    layout.gainPitch,
    slot.frame,
    plane.pitch,
    movieWidth,
    movieHeight,
  );
  const values = context.float32(slot.frame, planeBytes(plane) / 4);
  replacePixels(values, plane.pitch / 4, movieWidth, context.replacements, frame);
  treat();
  const shape = [plane.pitch / 4, movieWidth, movieHeight, plane.width, plane.height] as const;
  if (edges === 'mirror') padByMirror(values, ...shape);
  else {
    // the borders fade to the mean along half a cosine
    const mean = sampledMean(values, plane.pitch / 4, movieWidth, movieHeight);
    const factors = fadeFactors(movieWidth, movieHeight);
    context.float32(slot.weights, factors.length).set(factors);
    const place = [slot.frame, plane.pitch, movieWidth, movieHeight] as const;
    kernels.pixels.fade(...place, slot.weights, factors.length, mean);
    padByValue(values, ...shape, mean);
  }
  kernels.fft.rowsForward(
    plans.frame.rows,
    slot.frame,
    plane.pitch,
    slot.frame,
    plane.pitch,
    0,
    plane.height,
    slot.scratch,
  );
  kernels.fft.columns(plans.frame.columns, slot.frame, plane.pitch, 0, blocks, 0, 1, slot.scratch);
}

/**
 * A defect takes the value of one of its good neighbours, another one in each frame: the mean of several would have less
 * noise than its surroundings.
 */
function replacePixels(
  values: Float32Array,
  stride: number,
  width: number,
  replacements: Int32Array,
  frame: number,
): void {
  const place = (index: number) => Math.floor(index / width) * stride + (index % width);
  const choices = REPLACEMENT_LENGTH - 1;
  for (let i = 0; i < replacements.length; i += REPLACEMENT_LENGTH) {
    const choice = 1 + ((frame + i) % choices);
    values[place(replacements[i]!)] = values[place(replacements[i + choice]!)]!;
  }
}

/** Adds one part of the slots' raw pixels to the plain sum and of their low frequencies to the crops of their groups. */
export function gather(
  context: TaskContext,
  part: number,
  parts: number,
  entries: readonly { slot: number; crop: number; isFirst: boolean }[],
): void {
  const { layout, kernels } = context;
  const { movieWidth, movieHeight, frame, crop } = layout.geometry;
  const pixels = movieWidth * movieHeight;
  const first = Math.floor((pixels * part) / parts);
  const count = Math.floor((pixels * (part + 1)) / parts) - first;
  const firstRow = Math.floor((crop.height * part) / parts);
  const lastRow = Math.floor((crop.height * (part + 1)) / parts);
  const rowLength = crop.blocks * 8;
  for (const entry of entries) {
    const slot = layout.slots[entry.slot]!;
    const type = KERNEL_PIXEL_TYPES[layout.pixelType];
    kernels.pixels.addPixels(
      type,
      slot.raw + first * PIXEL_BYTES[layout.pixelType],
      layout.plain + first * 4,
      count,
    );
    const group = layout.whole.crops + entry.crop * planeBytes(crop);
    for (let y = firstRow; y < lastRow; y++) {
      const from = slot.frame + sourceRow(y, crop.height, frame.height) * frame.pitch;
      const to = group + y * crop.pitch;
      if (entry.isFirst) context.float32(to, rowLength).fill(0);
      kernels.spectra.addScaled(from, to, rowLength, 1);
    }
  }
}

/** Row of the large spectrum with the frequency of row y of the small one. */
function sourceRow(y: number, height: number, largeHeight: number): number {
  return y <= height >> 1 ? y : largeHeight - height + y;
}

/**
 * Takes a pattern that stays in place (hot pixels that were found only after the crops were made) out of all crops.
 * @param pixels - indices into the movie; @param values - what each has too much, per frame
 */
export function subtractPattern(
  context: TaskContext,
  pixels: Int32Array,
  values: Float32Array,
  framesPerCrop: readonly number[],
): void {
  const { layout, kernels } = context;
  const { movieWidth, frame, crop } = layout.geometry;
  const slot = layout.slots[0]!;
  const image = context.float32(slot.frame, planeBytes(frame) / 4).fill(0);
  pixels.forEach((pixel, i) => {
    image[Math.floor(pixel / movieWidth) * (frame.pitch / 4) + (pixel % movieWidth)] = values[i]!;
  });
  const { rows, columns } = layout.plans.frame;
  kernels.fft.rowsForward(
    rows,
    slot.frame,
    frame.pitch,
    slot.frame,
    frame.pitch,
    0,
    frame.height,
    slot.scratch,
  );
  kernels.fft.columns(columns, slot.frame, frame.pitch, 0, crop.blocks, 0, 1, slot.scratch);
  framesPerCrop.forEach((frames, i) => {
    const group = layout.whole.crops + i * planeBytes(crop);
    for (let y = 0; y < crop.height; y++) {
      const from = slot.frame + sourceRow(y, crop.height, frame.height) * frame.pitch;
      kernels.spectra.addScaled(from, group + y * crop.pitch, crop.blocks * 8, -frames);
    }
  });
}
