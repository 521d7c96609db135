import { CodedError } from '../../contract/errors.ts';
import { createRealFft2d } from '../fft/real-fft-2d.ts';
import type { CtfRequest } from '../ports.ts';
import { type CtfOptics, ringPeriodPerA } from './model.ts';

/** Mean power of tiles: the half plane kx >= 0, size rows of size/2 + 1, zero frequency first. */
export interface PowerSpectrum {
  readonly size: number;
  readonly power: Float32Array;
  /** Frequency of one pixel, 1/A. */
  readonly stepPerA: number;
  readonly tiles: number;
}

/** One tile: its first pixel, and its power in a buffer that the next tile overwrites. */
export interface Tile {
  readonly left: number;
  readonly top: number;
  readonly power: Float32Array;
}

const MIN_TILE = 128;
const MAX_TILE = 4096;
/**
 * Minimum side of a tile relative to the distance over which the maximum defocus delocalises a point: rings
 * keep 70 % of their contrast.
 */
const SPREADS_PER_TILE = 1.7;
/**
 * Fraction of a tile's side that is tapered at each edge: suppresses leakage, and nearly all electrons still
 * contribute.
 */
const TAPERED_EDGE = 1 / 16;
/**
 * Pixels further from the mean than this many standard deviations are hot; they would add white noise to the
 * whole spectrum.
 */
const OUTLIER_SIGMAS = 8;
/** Approximate number of pixels from which mean and standard deviation are estimated. */
const SAMPLES = 50_000;

/**
 * Side of the tiles: a power of two, not larger than the image. Rings correspond to a delocalisation in real
 * space of wavelength * frequency * defocus: a tile must be several times larger for its rings to be
 * resolved.
 */
export function chooseTileSize(request: CtfRequest, optics: CtfOptics): number {
  const { pixelSizeA, search } = request;
  const maxFrequencyPerA = Math.min(1 / search.highResolutionA, 0.45 / pixelSizeA);
  const spreadA = 1 / ringPeriodPerA(optics, search.maximumDefocusA, maxFrequencyPerA);
  const shorterSide = Math.min(request.width, request.height);
  if (shorterSide < MIN_TILE) {
    throw new CodedError(
      'CTF_FAILED',
      `a micrograph of ${request.width}x${request.height} pixels is too small`,
    );
  }
  let size = 256;
  while (size * pixelSizeA < SPREADS_PER_TILE * spreadA && size < MAX_TILE) size *= 2;
  while (size > shorterSide) size /= 2;
  return size;
}

/**
 * Power spectra of tiles that cover the image and overlap as little as possible, so that most pixels count
 * once. The mean of each tile is subtracted and its edges are tapered.
 * @throws CodedError CTF_FAILED if the image is constant or contains no finite numbers
 */
export function* tilePowers(request: CtfRequest, size: number): Generator<Tile, void> {
  const { image, width, height } = request;
  const { mean, sigma } = robustMoments(image);
  if (!(sigma > 0)) {
    throw new CodedError('CTF_FAILED', 'every pixel of the micrograph has the same value');
  }
  const lowest = mean - OUTLIER_SIGMAS * sigma;
  const highest = mean + OUTLIER_SIGMAS * sigma;
  const taper = taperOf(size);
  const transform = createRealFft2d(size, size);
  const power = new Float32Array(size * (size / 2 + 1));
  const tile = new Float32Array(size * size);
  for (const top of tileStarts(height, size)) {
    for (const left of tileStarts(width, size)) {
      request.signal?.throwIfAborted();
      const level = tileMean(image, width, left, top, size, lowest, highest);
      const limits = { level, lowest: lowest - level, highest: highest - level };
      for (let y = 0; y < size; y++) {
        const row = (top + y) * width + left;
        fillRow(image.subarray(row, row + size), limits, taper, (taper[y] as number) / sigma, tile, y * size);
      }
      transform.forwardPower(tile, power);
      yield { left, top, power };
    }
  }
}

/** Writes a row minus its mean, tapered; outliers are clamped to the limits, NaN becomes zero. */
function fillRow(
  row: Float32Array,
  { level, lowest, highest }: { readonly level: number; readonly lowest: number; readonly highest: number },
  taper: Float64Array,
  factor: number,
  tile: Float32Array,
  at: number,
): void {
  for (let x = 0; x < row.length; x++) {
    let value = (row[x] as number) - level;
    // NaN fails all comparisons.
    if (!(value >= lowest && value <= highest)) {
      value = value > highest ? highest : value < lowest ? lowest : 0;
    }
    tile[at + x] = value * factor * (taper[x] as number);
  }
}

/**
 * Mean of every 16th row, without outliers; accurate enough, because the remaining error affects only the
 * axes of the spectrum.
 */
function tileMean(
  image: Float32Array,
  width: number,
  left: number,
  top: number,
  size: number,
  lowest: number,
  highest: number,
): number {
  let sum = 0;
  let count = 0;
  for (let y = 8; y < size; y += 16) {
    const from = (top + y) * width + left;
    for (let i = from; i < from + size; i++) {
      const value = image[i] as number;
      if (!(value >= lowest && value <= highest)) continue;
      sum += value;
      count++;
    }
  }
  return count > 0 ? sum / count : (lowest + highest) / 2;
}

/** 1 in the middle, half a cosine period at both edges. */
function taperOf(size: number): Float64Array {
  const edge = size * TAPERED_EDGE;
  return new Float64Array(size).map((_, i) => {
    const distance = Math.min(i + 0.5, size - i - 0.5);
    return distance >= edge ? 1 : 0.5 - 0.5 * Math.cos((Math.PI * distance) / edge);
  });
}

/** First pixels of tiles that cover `length`, adjacent or with a small overlap. */
function tileStarts(length: number, size: number): number[] {
  const steps = Math.ceil(length / size) - 1;
  if (steps <= 0) return [Math.floor((length - size) / 2)];
  return Array.from({ length: steps + 1 }, (_, i) => Math.round((i * (length - size)) / steps));
}

/** Mean and standard deviation of the finite pixels, without those beyond OUTLIER_SIGMAS of a first pass. */
function robustMoments(image: Float32Array): { mean: number; sigma: number } {
  // A sample is enough for limits; its stride is odd so that it does not coincide with the columns of a
  // camera.
  const stride = Math.max(1, Math.floor(image.length / SAMPLES)) | 1;
  const sample = new Float32Array(Math.ceil(image.length / stride)).map(
    (_, i) => image[i * stride] as number,
  );
  let low = -Infinity;
  let high = Infinity;
  let mean = 0;
  let sigma = 0;
  for (let pass = 0; pass < 3; pass++) {
    let n = 0;
    let sum = 0;
    let squares = 0;
    // The first value is subtracted, so that a small variation on a large mean keeps its precision.
    let origin = Number.NaN;
    for (let i = 0; i < sample.length; i++) {
      const v = sample[i] as number;
      if (!Number.isFinite(v) || v < low || v > high) continue;
      if (n === 0) origin = v;
      n++;
      sum += v - origin;
      squares += (v - origin) ** 2;
    }
    if (n === 0) return { mean: 0, sigma: 0 };
    mean = origin + sum / n;
    sigma = Math.sqrt(Math.max(0, squares / n - (sum / n) ** 2));
    if (sigma <= 1e-7 * Math.abs(mean)) return { mean, sigma: 0 };
    low = mean - OUTLIER_SIGMAS * sigma;
    high = mean + OUTLIER_SIGMAS * sigma;
  }
  return { mean, sigma };
}
