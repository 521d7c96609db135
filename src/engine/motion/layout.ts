import { PIXEL_BYTES, type PixelType } from '../../formats/movie.ts';
import {
  panelBytes,
  pitchBytes,
  planBytes,
  scratchBytes,
  spectrumBytes,
  writeColumnPlan,
  writeRowPlan,
} from '../fft/plan.ts';
import { Arena } from '../memory/arena.ts';
import { REPLACEMENT_LENGTH } from './defects.ts';
import { type Geometry, halvedLength, type Plane, planeBytes } from './geometry.ts';
import { FILTER_TABLE_LENGTH, TAPS } from './interpolation.ts';

/** Addresses of all data of one movie in the shared memory. Plain data, sent to the workers unchanged. */

export interface Plans {
  readonly rows: number;
  readonly columns: number;
}

/** Spectra of one size that are aligned with each other, and the memory for their alignment. */
export interface AlignSpace {
  readonly plane: Plane;
  readonly plans: Plans;
  /** Spectra, stored one after another. */
  readonly crops: number;
  readonly reference: number;
  readonly transfer: number;
  /** RING_COUNT f32 each, plus padding. */
  readonly correlationWeights: number;
  readonly patternWeights: number;
  /** Factors along each axis of the window that cuts out a patch, f32. */
  readonly windowX: number;
  readonly windowY: number;
}

/** A frame and its tables. */
export interface FrameBuffer {
  /** The reduced frame (pass 1), patches; the frame's spectrum in panels, the image of a sum (pass 2). */
  readonly frame: number;
  readonly rampX: number;
  readonly rampY: number;
  /** Table of WEIGHT_COUNT f32 plus padding: taper factors of the borders (pass 1), dose weights (pass 2). */
  readonly weights: number;
}

/** Working memory of one thread: a frame, its raw pixels and buffers for processing. */
interface Slot extends FrameBuffer {
  /**
   * Raw pixels of frames: pass 1 keeps several until it adds them to the plain sum together, pass 2 uses the
   * first.
   */
  readonly raws: readonly number[];
  readonly scratch: number;
  /** Lines of a frame that is being halved (pass 1); a panel of the frame (pass 2). */
  readonly workBuffer: number;
  /** Bands of rows: corrected, and after local motion has been undone. */
  readonly band: number;
  readonly warpedBand: number;
  /** Spectra of one patch; null without local motion. */
  readonly patch: AlignSpace | null;
  /** The motion model, a line and a ring of lines for `kernels/warp.as.ts`; 0 without local motion. */
  readonly warp: { readonly motionModel: number; readonly line: number; readonly ring: number };
}

export interface Layout {
  readonly geometry: Geometry;
  readonly pixelType: PixelType;
  readonly plans: {
    readonly frame: Plans;
    readonly reduced: Plans;
    readonly sum: Plans;
    readonly crop: Plans;
  };
  /** f32 of the movie's size; with `gainPitch` 0 one row of ones. */
  readonly gain: number;
  readonly gainPitch: number;
  /** Bad pixels and their replacements: see `kernels/_rows.as.ts`. Room for `badCapacity` records. */
  readonly bad: number;
  readonly badCapacity: number;
  readonly slots: readonly Slot[];
  /**
   * Buffers for frames that pass 2 prepares before it adds them to the sums together: those of the slots, and
   * additional ones if there are few threads.
   */
  readonly frameBuffers: readonly FrameBuffer[];
  /** Plain sum of the raw pixels (pass 1), then the plain sum's spectrum (pass 2). */
  readonly plain: number;
  /**
   * Alignment of whole frames: a spectrum per group. Its memory is reused for images (patches) and the
   * spectrum of the weighted sum (pass 2).
   */
  readonly wholeFrame: AlignSpace;
  /** Number of groups of frames: each has a crop, the low frequencies of its sum. */
  readonly cropCount: number;
  readonly weighted: number;
  /** Spectrum of the even-numbered frames if they are summed separately; otherwise 0. */
  readonly even: number;
  /** RING_COUNT f64, plus padding: sums of `ringPowers`. */
  readonly rings: number;
  /** Filters of `interpolation.ts`; 0 without local motion. */
  readonly filters: number;
  readonly bytes: number;
}

/** Length of the weight tables, from zero frequency to the corner of the spectrum. */
export const WEIGHT_COUNT = 4096;
/** Rings of the alignment's statistics and weights, from zero frequency to the edge of the crop. */
export const RING_COUNT = 128;

/**
 * Maximum number of spectra that are kept for alignment: a movie with more frames is aligned in groups of
 * neighbours. 80 spectra of 1024x1024 are 340 MB, so a 4096x4096 movie of any length needs less than 1 GiB
 * with one thread.
 */
export const MAX_GROUPS = 80;

/** Maximum local motion that pass 2 can undo, movie pixels, and the reach of its filters for it. */
export const MAX_LOCAL_SHIFT = 24;
const MAX_REACH = MAX_LOCAL_SHIFT + TAPS / 2 + 1;

/** Rows of a band. Pass 2 completes all steps for a band before the next: few enough to stay in the cache. */
export const BAND_ROWS = 16;

/** Row pitch of a band, bytes. */
export function bandPitch(frame: Plane): number {
  return frame.width * 4 + 64;
}

/**
 * Minimum number of frames that are added to the sums together, because the sums do not fit into any cache
 * and are read and written each time.
 */
const MIN_FRAME_BUFFERS = 3;
/**
 * Maximum number of raw frames that are added to the plain sum together, for the same reason; limited by the
 * memory that the reduced frame leaves free.
 */
const MAX_RAWS = 4;

/** Readers may write whole vectors, slightly beyond the end of a frame. */
const RAW_SLACK_BYTES = 4096;

function plansOf(arena: Arena, p: Plane): Plans {
  if (arena.memory) return { rows: writeRowPlan(arena, p.width), columns: writeColumnPlan(arena, p.height) };
  arena.allocate(planBytes(p.width, p.height));
  return { rows: 0, columns: 0 };
}

/** Memory for the alignment of `count` spectra. */
function spaceOf(arena: Arena, plane: Plane, plans: Plans, count: number, crops?: number): AlignSpace {
  return {
    plane,
    plans,
    crops: crops ?? arena.allocate(planeBytes(plane) * count),
    reference: arena.allocate(planeBytes(plane)),
    transfer: arena.allocate(planeBytes(plane)),
    correlationWeights: arena.allocate((RING_COUNT + 8) * 4),
    patternWeights: arena.allocate((RING_COUNT + 8) * 4),
    windowX: arena.allocate(plane.width * 4),
    windowY: arena.allocate(plane.height * 4),
  };
}

/** A frame buffer for a frame at a given address, with its tables. */
function frameBufferOf(arena: Arena, { sum, crop }: Geometry, frame: number): FrameBuffer {
  return {
    frame,
    rampX: arena.allocate((Math.max(sum.width, crop.width) + 64) * 4),
    rampY: arena.allocate(Math.max(sum.height, crop.height) * 8),
    weights: arena.allocate((WEIGHT_COUNT + 8) * 4),
  };
}

function slotOf(arena: Arena, request: LayoutRequest, patchPlans: Plans | null): Slot {
  const { geometry, pixelType, patch, cropCount } = request;
  const { frame, reduced, sum, movieWidth, movieHeight, halvings } = geometry;
  const isLocal = patch !== null && patchPlans !== null;
  const intermediateBytes =
    halvings > 1 ? pitchBytes(halvedLength(movieWidth, 1)) * halvedLength(movieHeight, 1) : 0;
  const pass1Bytes = Math.max(planeBytes(reduced), intermediateBytes);
  const bytes = Math.max(spectrumBytes(frame.height, sum.blocks), planeBytes(sum), pass1Bytes);
  const address = arena.allocate(bytes);
  const rawBytes = Math.ceil((movieWidth * movieHeight * PIXEL_BYTES[pixelType] + RAW_SLACK_BYTES) / 64) * 64;
  const freeAddress = address + pass1Bytes;
  const additionalCount = Math.min(MAX_RAWS - 1, Math.floor((bytes - pass1Bytes) / rawBytes));
  return {
    ...frameBufferOf(arena, geometry, address),
    raws: [
      arena.allocate(rawBytes),
      ...Array.from({ length: additionalCount }, (_, i) => freeAddress + i * rawBytes),
    ],
    scratch: arena.allocate(
      Math.max(scratchBytes(frame.width, frame.height), scratchBytes(reduced.width, reduced.height)),
    ),
    workBuffer: arena.allocate(Math.max((3 * movieWidth + 64) * 4, panelBytes(frame.height))),
    band: arena.allocate(BAND_ROWS * bandPitch(frame)),
    warpedBand: isLocal ? arena.allocate(BAND_ROWS * bandPitch(frame)) : 0,
    patch: isLocal ? spaceOf(arena, patch, patchPlans, cropCount) : null,
    warp: {
      motionModel: isLocal ? arena.allocate(64) : 0,
      line: isLocal ? arena.allocate((movieWidth + 2 * MAX_REACH + 40) * 4) : 0,
      ring: isLocal ? arena.allocate((BAND_ROWS + 3 * MAX_REACH) * bandPitch(frame)) : 0,
    },
  };
}

function layOut(arena: Arena, request: LayoutRequest): Layout {
  const { geometry, pixelType, threads, hasGain, isDoseWeighted, patch } = request;
  const { frame, reduced, sum, crop, movieWidth, movieHeight } = geometry;
  const plans = {
    frame: plansOf(arena, frame),
    reduced: plansOf(arena, reduced),
    sum: plansOf(arena, sum),
    crop: plansOf(arena, crop),
  };
  const patchPlans = patch && plansOf(arena, patch);
  const gain = arena.allocate(movieWidth * (hasGain ? movieHeight : 1) * 4 + 64);
  const bad = arena.allocate((1 + request.badCapacity * REPLACEMENT_LENGTH) * 4);
  const slots = Array.from({ length: threads }, () => slotOf(arena, request, patchPlans));
  const sumBytes = spectrumBytes(sum.height, sum.blocks);
  const plain = arena.allocate(Math.max(sumBytes, movieWidth * movieHeight * 4 + 64));
  // the data that pass 2 needs in addition uses the memory of the alignment's spectra
  const weightedBytes = isDoseWeighted ? sumBytes : 0;
  const additionalSumBytes = weightedBytes + (request.hasEvenOddSums ? sumBytes : 0);
  const frameBytes = spectrumBytes(frame.height, sum.blocks);
  // each thread prepares the same number of frames
  const additionalCount = Math.ceil(MIN_FRAME_BUFFERS / threads) * threads - threads;
  const crops = arena.allocate(
    Math.max(planeBytes(crop) * request.cropCount, additionalSumBytes + additionalCount * frameBytes),
  );
  const additionalBuffers = Array.from({ length: additionalCount }, (_, i) =>
    frameBufferOf(arena, geometry, crops + additionalSumBytes + i * frameBytes),
  );
  return {
    geometry,
    pixelType,
    plans,
    gain,
    gainPitch: hasGain ? movieWidth * 4 : 0,
    bad,
    badCapacity: request.badCapacity,
    slots,
    frameBuffers: [...slots, ...additionalBuffers],
    plain,
    wholeFrame: spaceOf(arena, crop, plans.crop, request.cropCount, crops),
    cropCount: request.cropCount,
    weighted: isDoseWeighted ? crops : 0,
    even: request.hasEvenOddSums ? crops + weightedBytes : 0,
    filters: patch ? arena.allocate(FILTER_TABLE_LENGTH * 4) : 0,
    rings: arena.allocate((RING_COUNT + 8) * 8),
    bytes: arena.usedBytes,
  };
}

export interface LayoutRequest {
  readonly geometry: Geometry;
  readonly pixelType: PixelType;
  readonly threads: number;
  readonly hasGain: boolean;
  readonly badCapacity: number;
  readonly isDoseWeighted: boolean;
  /** Odd-numbered and even-numbered frames are summed separately. */
  readonly hasEvenOddSums: boolean;
  readonly cropCount: number;
  /** Size of the spectrum of one patch; null: no local motion. */
  readonly patch: Plane | null;
}

/** Size of the layout in bytes, an upper bound, without allocating it. */
export function layoutBytes(request: LayoutRequest): number {
  return layOut(new Arena(null), request).bytes;
}

/** Allocates the layout in `memory` and writes the plans. */
export function createLayout(memory: WebAssembly.Memory, request: LayoutRequest): Layout {
  return layOut(new Arena(memory), request);
}
