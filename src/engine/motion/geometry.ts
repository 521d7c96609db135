import { blockCount, pitchBytes } from '../fft/plan.ts';
import { fastColumnLength, fastRowLength, isFastColumnLength, isFastRowLength } from '../fft/sizes.ts';

/**
 * Sizes of one movie's transforms: the padded frame, the binned sum, and the small spectrum for alignment.
 */

export interface Plane {
  readonly width: number;
  readonly height: number;
  /** Row pitch in bytes; see fft/plan.ts. */
  readonly pitch: number;
  readonly blocks: number;
}

export interface Geometry {
  readonly movieWidth: number;
  readonly movieHeight: number;
  /** The frame, padded to a size for which the transform is fast. */
  readonly frame: Plane;
  /** The sum: low frequencies of the frame, smaller by the binning. */
  readonly sum: Plane;
  /** Size of the micrograph: movie / binning. */
  readonly outputWidth: number;
  readonly outputHeight: number;
  /** Number of halvings of the frame before alignment. */
  readonly halvings: number;
  /** The frame that alignment transforms: halved, and padded to a size for which the transform is fast. */
  readonly reduced: Plane;
  /** Low frequencies of the reduced frame, which alignment uses. */
  readonly crop: Plane;
  /** Movie pixels per pixel of the crop. */
  readonly cropScale: readonly [x: number, y: number];
}

/**
 * Minimum of the shorter side of the alignment spectrum: large enough for an accuracy of hundredths of a
 * pixel, small enough to keep one spectrum per frame.
 */
const MIN_CROP_SIDE = 1024;
/**
 * Minimum ratio of the highest frequency of the reduced frame to that of the crop: the frequencies between
 * them are affected by aliasing of the halving, see `halving.ts`.
 */
const MIN_REDUCED_TO_CROP = 2;

/**
 * Maximum relative deviation of the padded frame from the exact binning: less than half a pixel over the
 * frame.
 */
const BINNING_TOLERANCE = 1e-4;

export function planeOf(width: number, height: number): Plane {
  return { width, height, pitch: pitchBytes(width), blocks: blockCount(width) };
}

/**
 * Padded length of a frame axis and the length of the sum's axis, so that their ratio is the binning. If no
 * two fast lengths have this ratio (1.7, for example), the frame's length may have large prime factors, and
 * the transform is slower.
 */
function paddedAxis(length: number, binning: number, isRow: boolean): { frame: number; sum: number } {
  const fastAxis = closestAxis(length, binning, isRow, true);
  return fastAxis.error < BINNING_TOLERANCE ? fastAxis : closestAxis(length, binning, isRow, false);
}

interface Axis {
  readonly frame: number;
  readonly sum: number;
  /** Relative deviation of frame / sum from the binning. */
  readonly error: number;
}

function closestAxis(length: number, binning: number, isRow: boolean, mustBeFast: boolean): Axis {
  const step = isRow ? 32 : 1;
  const isFast = isRow ? isFastRowLength : isFastColumnLength;
  const minSum = Math.ceil(Math.ceil(length / binning) / step) * step;
  let best: Axis = { frame: 0, sum: 0, error: Number.POSITIVE_INFINITY };
  for (let sum = minSum; sum <= 2 * minSum + 64 * step; sum += step) {
    if (!isFast(sum)) continue;
    const nearestFrame = Math.round((sum * binning) / step) * step;
    const frame = nearestFrame < length ? nearestFrame + step : nearestFrame;
    if (mustBeFast && !isFast(frame)) continue;
    const error = Math.abs(frame / (sum * binning) - 1);
    if (error < BINNING_TOLERANCE) return { frame, sum, error };
    if (error < best.error) best = { frame, sum, error };
  }
  return best;
}

export function geometryOf(movieWidth: number, movieHeight: number, binning: number): Geometry {
  const x = paddedAxis(movieWidth, binning, true);
  const y = paddedAxis(movieHeight, binning, false);
  return {
    movieWidth,
    movieHeight,
    frame: planeOf(x.frame, y.frame),
    sum: planeOf(x.sum, y.sum),
    outputWidth: Math.floor(movieWidth / binning + 1e-9),
    outputHeight: Math.floor(movieHeight / binning + 1e-9),
    ...reductionOf(movieWidth, movieHeight),
  };
}

function reductionOf(
  width: number,
  height: number,
): Pick<Geometry, 'halvings' | 'reduced' | 'crop' | 'cropScale'> {
  const ratio = Math.max(1, Math.min(width, height) / MIN_CROP_SIDE);
  const halvings = Math.max(0, Math.floor(Math.log2(ratio / MIN_REDUCED_TO_CROP)));
  const factor = 2 ** halvings;
  const reduced = planeOf(
    fastRowLength(halvedLength(width, halvings)),
    fastColumnLength(halvedLength(height, halvings)),
  );
  const crop = planeOf(
    Math.min(reduced.width, fastRowLength((reduced.width * factor) / ratio)),
    Math.min(reduced.height, fastColumnLength((reduced.height * factor) / ratio)),
  );
  const cropScale = [(factor * reduced.width) / crop.width, (factor * reduced.height) / crop.height] as const;
  return { halvings, reduced, crop, cropScale };
}

/** Length of an axis after this many halvings: an odd last pixel is dropped. */
export function halvedLength(length: number, halvings: number): number {
  return Math.floor(length / 2 ** halvings);
}

/** Bytes of a plane. */
export function planeBytes(p: Plane): number {
  return p.pitch * p.height;
}
