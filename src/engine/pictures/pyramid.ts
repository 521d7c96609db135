import { TILE_RANGE_SIGMA } from '../../contract/tiles.ts';

/** An image halved several times, and its contrast. */
export interface PyramidLevel {
  /** Number of halvings. */
  readonly level: number;
  readonly width: number;
  readonly height: number;
  /** height*width, row-major. */
  readonly data: Float32Array;
  readonly contrast: Contrast;
}

export interface Contrast {
  readonly mean: number;
  readonly sigma: number;
}

/** An image at several resolutions. */
export interface Pyramid {
  /** In ascending order of `level`. */
  readonly levels: readonly PyramidLevel[];
  /** Contrast of the image itself. */
  readonly contrast: Contrast;
}

/** Number of rows that are read at a time; even, so that pairs of rows stay together. */
const STRIP_ROWS = 128;
/** Number of values from which the contrast is measured. */
const SAMPLES = 200_000;
/** Values further from the mean are hot pixels or grid bars and are ignored. */
const OUTLIER_SIGMA = 5;

/**
 * Halves an image repeatedly, up to level `maxLevel`, by averaging 2x2 pixels; the image itself, which may be
 * large, is read in strips and not kept.
 * @param read - returns `count` rows of the image, beginning with row `first`: count*width values
 * @returns levels 1 to `maxLevel`, and the contrast of the image itself
 */
export function buildPyramid(
  image: { width: number; height: number; read(first: number, count: number): Float32Array },
  maxLevel: number,
): Pyramid {
  const { width, height } = image;
  const halfSize = { width: Math.ceil(width / 2), height: Math.ceil(height / 2) };
  const data = new Float32Array(halfSize.width * halfSize.height);
  const samples: number[] = [];
  const stride = Math.max(1, Math.floor((width * height) / SAMPLES));
  for (let first = 0; first < height; first += STRIP_ROWS) {
    const count = Math.min(STRIP_ROWS, height - first);
    const strip = image.read(first, count);
    // If the stride does not divide the width, the samples are spread over the columns.
    for (let i = first % stride; i < strip.length; i += stride) samples.push(strip[i]!);
    halveInto(strip, width, count, data.subarray((first / 2) * halfSize.width));
  }
  const contrast = contrastOf(Float32Array.from(samples));
  return {
    contrast,
    levels: maxLevel < 1 ? [] : [levelOf(1, halfSize, data), ...coarserLevels(1, halfSize, data, maxLevel)],
  };
}

/** The levels that are coarser than the given level. */
export function coarserLevels(
  level: number,
  size: { width: number; height: number },
  data: Float32Array,
  maxLevel: number,
): PyramidLevel[] {
  const levels: PyramidLevel[] = [];
  let from = { ...size, data };
  for (let nextLevel = level + 1; nextLevel <= maxLevel; nextLevel++) {
    const halfSize = { width: Math.ceil(from.width / 2), height: Math.ceil(from.height / 2) };
    const halvedData = new Float32Array(halfSize.width * halfSize.height);
    halveInto(from.data, from.width, from.height, halvedData);
    levels.push(levelOf(nextLevel, halfSize, halvedData));
    from = { ...halfSize, data: halvedData };
  }
  return levels;
}

export const levelOf = (
  level: number,
  { width, height }: { width: number; height: number },
  data: Float32Array,
): PyramidLevel => {
  const stride = Math.max(1, Math.floor(data.length / SAMPLES));
  const samples = Float32Array.from(
    { length: Math.floor(data.length / stride) },
    (_, i) => data[i * stride]!,
  );
  return { level, width, height, data, contrast: contrastOf(samples) };
};

function halveInto(from: Float32Array, width: number, height: number, to: Float32Array): void {
  const halfWidth = Math.ceil(width / 2);
  const pairs = Math.floor(width / 2);
  for (let y = 0; 2 * y < height; y++) {
    const upper = 2 * y * width;
    // If the height or width is odd, the last row or column counts twice.
    const lower = 2 * y + 1 < height ? upper + width : upper;
    const target = y * halfWidth;
    for (let x = 0; x < pairs; x++) {
      const i = 2 * x;
      to[target + x] =
        (from[upper + i]! + from[upper + i + 1]! + from[lower + i]! + from[lower + i + 1]!) / 4;
    }
    if (pairs < halfWidth) to[target + pairs] = (from[upper + width - 1]! + from[lower + width - 1]!) / 2;
  }
}

/** Mean and standard deviation without outliers. */
function contrastOf(samples: Float32Array): Contrast {
  let contrast = momentsOf(samples, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
  for (let round = 0; round < 3; round++) {
    const { mean, sigma } = contrast;
    if (!(sigma > 0)) break;
    contrast = momentsOf(samples, mean - OUTLIER_SIGMA * sigma, mean + OUTLIER_SIGMA * sigma);
  }
  return contrast;
}

function momentsOf(samples: Float32Array, low: number, high: number): Contrast {
  let n = 0;
  let sum = 0;
  let squares = 0;
  for (const v of samples) {
    if (!Number.isFinite(v) || v < low || v > high) continue;
    n++;
    sum += v;
    squares += v * v;
  }
  if (n === 0) return { mean: 0, sigma: 0 };
  const mean = sum / n;
  return { mean, sigma: Math.sqrt(Math.max(0, squares / n - mean * mean)) };
}

/**
 * Grey bytes of a region of an image: the mean is mid-grey, black and white are TILE_RANGE_SIGMA from it. NaN
 * is mid-grey.
 * @param data - rows of `stride` values
 */
export function grayOf(
  data: Float32Array,
  stride: number,
  region: { x: number; y: number; width: number; height: number },
  { mean, sigma }: Contrast,
): Uint8Array {
  const bytes = new Uint8Array(region.width * region.height);
  const scale = sigma > 0 ? 127.5 / (TILE_RANGE_SIGMA * sigma) : 0;
  for (let y = 0; y < region.height; y++) {
    const from = (region.y + y) * stride + region.x;
    const to = y * region.width;
    for (let x = 0; x < region.width; x++) {
      bytes[to + x] = grayByte(127.5 + (data[from + x]! - mean) * scale);
    }
  }
  return bytes;
}

/** Rounded and clamped to a byte; NaN is mid-grey. */
function grayByte(v: number): number {
  if (v >= 255) return 255;
  if (v > 0) return v + 0.5;
  return v <= 0 ? 0 : 128;
}
