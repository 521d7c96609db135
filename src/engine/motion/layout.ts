import { PIXEL_BYTES, type PixelType } from '../../formats/movie.ts';
import { planBytes, scratchBytes, writeColumnPlan, writeRowPlan } from '../fft/plan.ts';
import { Arena } from '../memory/arena.ts';
import { type Geometry, type Plane, planeBytes } from './geometry.ts';

/** Where everything of one movie lies in the shared memory. Plain data: it goes to the workers as it is. */

export interface Plans {
  readonly rows: number;
  readonly columns: number;
}

/** What one thread works on at a time: a frame, its raw pixels and its tables. */
export interface Slot {
  readonly frame: number;
  readonly raw: number;
  readonly scratch: number;
  readonly rampX: number;
  readonly rampY: number;
  /** Table of WEIGHT_COUNT + slack f32: dose weights, or weights of the correlation. */
  readonly weights: number;
}

export interface Layout {
  readonly geometry: Geometry;
  readonly pixelType: PixelType;
  readonly plans: { readonly frame: Plans; readonly sum: Plans; readonly crop: Plans };
  /** f32 of the movie's size; with `gainPitch` 0 one row of ones. */
  readonly gain: number;
  readonly gainPitch: number;
  readonly slots: readonly Slot[];
  /** Plain sum of the raw pixels (pass 1), then the plain sum's spectrum (pass 2). */
  readonly plain: number;
  /** Spectra for alignment, one per group (passes 1 and alignment), then the weighted sum's spectrum (pass 2). */
  readonly crops: number;
  readonly cropCount: number;
  readonly weighted: number;
  readonly reference: number;
  readonly transfer: number;
  readonly correlationWeights: number;
  readonly patternWeights: number;
  readonly rings: number;
  readonly bytes: number;
}

/** Steps of the tables of weights from zero frequency to the corner of the spectrum. */
export const WEIGHT_COUNT = 4096;
/** Rings of the alignment's statistics and weights, from zero frequency to the edge of the crop. */
export const RING_COUNT = 128;

/**
 * Most spectra that are kept for alignment: a movie with more frames is aligned in groups of neighbours. 80 spectra of
 * 1024x1024 are 340 MB, so a 4096x4096 movie of any length stays below 1 GiB with one thread.
 */
export const MAXIMUM_GROUPS = 80;

/** Readers may write in vectors a little past the end of a frame. */
const RAW_SLACK_BYTES = 4096;

function plansOf(arena: Arena, p: Plane): Plans {
  if (arena.memory) return { rows: writeRowPlan(arena, p.width), columns: writeColumnPlan(arena, p.height) };
  arena.allocate(planBytes(p.width, p.height));
  return { rows: 0, columns: 0 };
}

function slotOf(arena: Arena, geometry: Geometry, pixelType: PixelType): Slot {
  const { frame, sum, crop, movieWidth, movieHeight } = geometry;
  const width = Math.max(sum.width, crop.width);
  const height = Math.max(sum.height, crop.height);
  return {
    frame: arena.allocate(planeBytes(frame)),
    raw: arena.allocate(movieWidth * movieHeight * PIXEL_BYTES[pixelType] + RAW_SLACK_BYTES),
    scratch: arena.allocate(scratchBytes(frame.width, frame.height)),
    rampX: arena.allocate((width + 64) * 4),
    rampY: arena.allocate(height * 8),
    weights: arena.allocate((WEIGHT_COUNT + 8) * 4),
  };
}

function place(arena: Arena, request: LayoutRequest): Layout {
  const { geometry, pixelType, threads, hasGain, weighted } = request;
  const { frame, sum, crop, movieWidth, movieHeight } = geometry;
  const plans = { frame: plansOf(arena, frame), sum: plansOf(arena, sum), crop: plansOf(arena, crop) };
  const gain = arena.allocate(movieWidth * (hasGain ? movieHeight : 1) * 4 + 64);
  const slots = Array.from({ length: threads }, () => slotOf(arena, geometry, pixelType));
  const plain = arena.allocate(Math.max(planeBytes(sum), movieWidth * movieHeight * 4 + 64));
  const crops = arena.allocate(
    Math.max(planeBytes(crop) * request.cropCount, weighted ? planeBytes(sum) : 0),
  );
  return {
    geometry,
    pixelType,
    plans,
    gain,
    gainPitch: hasGain ? movieWidth * 4 : 0,
    slots,
    plain,
    crops,
    cropCount: request.cropCount,
    weighted: weighted ? crops : 0,
    reference: arena.allocate(planeBytes(crop)),
    transfer: arena.allocate(planeBytes(crop)),
    correlationWeights: arena.allocate((RING_COUNT + 8) * 4),
    patternWeights: arena.allocate((RING_COUNT + 8) * 4),
    rings: arena.allocate((RING_COUNT + 8) * 8),
    bytes: arena.usedBytes,
  };
}

export interface LayoutRequest {
  readonly geometry: Geometry;
  readonly pixelType: PixelType;
  readonly threads: number;
  readonly hasGain: boolean;
  readonly weighted: boolean;
  readonly cropCount: number;
}

/** Bytes that the layout takes, an upper bound, found without any memory. */
export function layoutBytes(request: LayoutRequest): number {
  return place(new Arena(null), request).bytes;
}

/** Lays the movie out in `memory` and writes the plans. */
export function createLayout(memory: WebAssembly.Memory, request: LayoutRequest): Layout {
  return place(new Arena(memory), request);
}
