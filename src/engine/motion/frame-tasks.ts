import { PIXEL_BYTES, type PixelType } from '../../formats/movie.ts';
import { pitchBytes } from '../fft/plan.ts';
import type { TaskContext } from './context.ts';
import { padByValue, sampledMean, taperFactors } from './edges.ts';
import { halvedLength, planeBytes } from './geometry.ts';
import { fillSharpening, halvingWeights, sharpening } from './halving.ts';
import { type FrameSample, replaceNonFinite, sampleFrame } from './pixel-values.ts';
import { forwardPlane } from './transforms.ts';

/**
 * Tasks on single frames in pass 1: decode, correct, halve, transform, and extract the low frequencies for
 * alignment.
 */

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
 * Decodes a frame into a raw buffer of a slot; for values that are not numbers, see `replaceNonFinite`.
 * @param rawIndex - index in `Slot.raws`
 */
export function readPixels(context: TaskContext, slotIndex: number, rawIndex: number, frame: number): void {
  const { layout, reader } = context;
  const { movieWidth, movieHeight } = layout.geometry;
  const bytes = movieWidth * movieHeight * PIXEL_BYTES[layout.pixelType];
  const address = layout.slots[slotIndex]!.raws[rawIndex]!;
  reader.readFrame(frame, context.bytes(address, bytes));
  if (layout.pixelType === 'f32') replaceNonFinite(context.float32(address, movieWidth * movieHeight));
}

type PixelArray = new (buffer: ArrayBufferLike, address: number, length: number) => ArrayLike<number>;
const PIXEL_ARRAYS: Record<PixelType, PixelArray> = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  i32: Int32Array,
  f32: Float32Array,
};

/** Raw pixels of a slot as an array of numbers. */
function rawPixels(context: TaskContext, slotIndex: number, rawIndex: number): ArrayLike<number> {
  const { geometry, pixelType, slots } = context.layout;
  const pixels = geometry.movieWidth * geometry.movieHeight;
  const { buffer } = context.bytes(0, 1);
  return new PIXEL_ARRAYS[pixelType](buffer, slots[slotIndex]!.raws[rawIndex]!, pixels);
}

/** Arguments of the kernels that correct the raw pixels of a slot. */
export function rawFrameArguments({ layout }: TaskContext, slotIndex: number, rawIndex: number) {
  const { gain, gainPitch, bad, slots, pixelType } = layout;
  return {
    type: KERNEL_PIXEL_TYPES[pixelType],
    raw: slots[slotIndex]!.raws[rawIndex]!,
    gain,
    gainPitch,
    bad,
  };
}

/**
 * Pass 1: decodes a frame, halves it as often as the geometry requires, and computes the columns of its
 * transform that alignment needs.
 * @returns a sample of its values
 */
export function transformReduced(
  context: TaskContext,
  slotIndex: number,
  rawIndex: number,
  frame: number,
): FrameSample {
  const { layout } = context;
  const { reduced, movieWidth, movieHeight, halvings, crop } = layout.geometry;
  const slot = layout.slots[slotIndex]!;
  readPixels(context, slotIndex, rawIndex, frame);
  const sample = sampleFrame(rawPixels(context, slotIndex, rawIndex));
  reduceFrame(context, slotIndex, rawIndex, frame);
  const [width, height] = [halvedLength(movieWidth, halvings), halvedLength(movieHeight, halvings)];
  const stride = reduced.pitch / 4;
  const values = context.float32(slot.frame, planeBytes(reduced) / 4);
  const mean = sampledMean(values, stride, width, height);
  taperBorders(context, slotIndex, mean);
  padByValue(values, stride, width, height, reduced.width, reduced.height, mean);
  forwardPlane(context, slotIndex, reduced, layout.plans.reduced, crop.blocks);
  return sample;
}

/**
 * Tapers the borders of the reduced frame in a slot to its mean along half a cosine period: an edge does not
 * move and would bias the alignment.
 */
function taperBorders({ layout, kernels, float32 }: TaskContext, slotIndex: number, mean: number): void {
  const { reduced, movieWidth, movieHeight, halvings } = layout.geometry;
  const [width, height] = [halvedLength(movieWidth, halvings), halvedLength(movieHeight, halvings)];
  const { frame, weights } = layout.slots[slotIndex]!;
  const factors = taperFactors(width, height);
  float32(weights, factors.length).set(factors);
  kernels.pixels.fade(frame, reduced.pitch, width, height, weights, factors.length, mean);
}

/** Corrects the raw pixels of a slot and writes the reduced frame. */
function reduceFrame(context: TaskContext, slotIndex: number, rawIndex: number, index: number): void {
  const { pixels } = context.kernels;
  const { reduced, movieWidth, movieHeight, halvings } = context.layout.geometry;
  const { frame, workBuffer } = context.layout.slots[slotIndex]!;
  const { type, raw, gain, gainPitch, bad } = rawFrameArguments(context, slotIndex, rawIndex);
  if (halvings === 0) {
    const source = [type, raw, gain, gainPitch, bad, index, movieWidth] as const;
    pixels.correct(...source, 0, movieHeight, frame, reduced.pitch);
    return;
  }
  let from = raw;
  let fromPitch = 0;
  for (let i = 0; i < halvings; i++) {
    const size = [halvedLength(movieWidth, i), halvedLength(movieHeight, i)] as const;
    const toPitch = i === halvings - 1 ? reduced.pitch : pitchBytes(halvedLength(movieWidth, i + 1));
    const source = [type, from, fromPitch, gain, gainPitch, bad, index] as const;
    pixels.halve(...source, ...size, frame, toPitch, workBuffer);
    from = frame;
    fromPitch = toPitch;
  }
}

/** Frames that have been read, by slot and index in `Slot.raws`. */
export interface RawFrame {
  readonly slot: number;
  readonly raw: number;
}

/**
 * Number of pixels of the sum that are processed at a time: few enough to stay in the cache while the frames
 * are added one after another.
 */
const SUM_PIXELS = 16_384;

/** Adds one part of the pixels of raw frames to the plain sum. */
export function addRawFrames(
  context: TaskContext,
  part: number,
  parts: number,
  frames: readonly RawFrame[],
): void {
  const { layout, kernels } = context;
  const { movieWidth, movieHeight } = layout.geometry;
  const pixels = movieWidth * movieHeight;
  const end = Math.floor((pixels * (part + 1)) / parts);
  const type = KERNEL_PIXEL_TYPES[layout.pixelType];
  for (let first = Math.floor((pixels * part) / parts); first < end; first += SUM_PIXELS) {
    const count = Math.min(SUM_PIXELS, end - first);
    for (const { slot, raw } of frames) {
      const from = layout.slots[slot]!.raws[raw]! + first * PIXEL_BYTES[layout.pixelType];
      kernels.pixels.addPixels(type, from, layout.plain + first * 4, count);
    }
  }
}

/** Adds one part of the low frequencies of the slots' frames to the crops of their groups. */
export function addToCrops(
  context: TaskContext,
  part: number,
  parts: number,
  entries: readonly { slot: number; crop: number; isFirst: boolean }[],
): void {
  const { layout } = context;
  const { crop } = layout.geometry;
  const firstRow = Math.floor((crop.height * part) / parts);
  const lastRow = Math.floor((crop.height * (part + 1)) / parts);
  for (const entry of entries) {
    const group = layout.wholeFrame.crops + entry.crop * planeBytes(crop);
    if (entry.isFirst)
      context.float32(group + firstRow * crop.pitch, ((lastRow - firstRow) * crop.pitch) / 4).fill(0);
    addCrop(context, entry.slot, part, group, firstRow, lastRow, 1);
  }
}

/**
 * group += factor * low frequencies of a slot's reduced frame, corrected for the filter of the halving.
 * @param rampSlot - slot whose tables are used for the factors
 */
function addCrop(
  context: TaskContext,
  slotIndex: number,
  rampSlot: number,
  group: number,
  firstRow: number,
  lastRow: number,
  factor: number,
): void {
  const { layout, kernels } = context;
  const { reduced, crop, halvings } = layout.geometry;
  const { frame } = layout.slots[slotIndex]!;
  const columnFactors = layout.slots[rampSlot]!.rampX;
  fillSharpening(context.float32(columnFactors, crop.blocks * 4), reduced.width, halvings);
  for (let y = firstRow; y < lastRow; y++) {
    const k = y <= crop.height >> 1 ? y : y - crop.height;
    const from = frame + (k >= 0 ? k : reduced.height + k) * reduced.pitch;
    const rowFactor = factor * sharpening(k, reduced.height, halvings);
    kernels.spectra.addProduct(from, group + y * crop.pitch, columnFactors, crop.blocks, rowFactor);
  }
}

/**
 * Subtracts a static pattern (hot pixels, which are found only after the crops were computed) from all crops.
 * @param pixels - indices into the movie; @param values - excess of each, per frame
 */
export function subtractPattern(
  context: TaskContext,
  pixels: Int32Array,
  values: Float32Array,
  framesPerCrop: readonly number[],
): void {
  const { layout } = context;
  const { movieWidth, reduced, halvings, crop } = layout.geometry;
  const image = context.float32(layout.slots[0]!.frame, planeBytes(reduced) / 4).fill(0);
  pixels.forEach((pixel, i) => {
    for (const [y, wy] of halvingWeights(Math.floor(pixel / movieWidth), halvings)) {
      for (const [x, wx] of halvingWeights(pixel % movieWidth, halvings)) {
        if (x < 0 || y < 0 || x >= reduced.width || y >= reduced.height) continue;
        const at = y * (reduced.pitch / 4) + x;
        image[at] = image[at]! + wx * wy * values[i]!;
      }
    }
  });
  // as for the frames: a pixel near the border is only partly included
  taperBorders(context, 0, 0);
  forwardPlane(context, 0, reduced, layout.plans.reduced, crop.blocks);
  framesPerCrop.forEach((frames, i) => {
    addCrop(context, 0, 0, layout.wholeFrame.crops + i * planeBytes(crop), 0, crop.height, -frames);
  });
}
