import { CodedError } from '../../contract/errors.ts';
import { createRealFft2d } from '../fft/real-fft-2d.ts';
import type { CtfRequest } from '../ports.ts';
import { type CtfOptics, ringPeriodPerA } from './model.ts';

/** Mean power of the tiles of an image: the half plane kx >= 0, size rows of size/2 + 1, zero frequency first. */
export interface PowerSpectrum {
  readonly size: number;
  readonly power: Float32Array;
  /** Frequency of one pixel, 1/A. */
  readonly stepPerA: number;
  readonly tiles: number;
}

const SMALLEST_TILE = 128;
const LARGEST_TILE = 4096;
/** Samples per ring that keep 60 % of its contrast in a tile's spectrum. */
const SAMPLES_PER_RING = 2.5;
/** Pixels further from the mean than this many standard deviations are hot, and would whiten the whole spectrum. */
const OUTLIER_SIGMAS = 8;

/**
 * Side of the tiles: a power of two, so large that the rings of the highest defocus are resolved at the finest
 * frequency of the search, and not larger than the image. Rings are Fourier pairs of a delocalisation in real space:
 * a tile must be wider than the distance to which the defocus spreads a point.
 */
export function chooseTileSize(request: CtfRequest, optics: CtfOptics): number {
  const { pixelSizeA, search } = request;
  const finest = Math.min(1 / search.highResolutionA, 0.45 / pixelSizeA);
  const wanted = SAMPLES_PER_RING / (ringPeriodPerA(optics, search.maximumDefocusA, finest) * pixelSizeA);
  const room = Math.min(request.width, request.height);
  if (room < SMALLEST_TILE) {
    throw new CodedError(
      'CTF_FAILED',
      `a micrograph of ${request.width}x${request.height} pixels is too small`,
    );
  }
  let size = 256;
  while (size < wanted && size < LARGEST_TILE) size *= 2;
  while (size > room) size /= 2;
  return size;
}

/**
 * Power spectrum averaged over half-overlapping tiles that cover the image (Welch). Each tile has its mean removed
 * and is tapered by a sine, which keeps more ring contrast than a Hann window and still has no edges.
 * @throws CodedError CTF_FAILED where the image is constant or holds no numbers
 */
export function averagePowerSpectrum(request: CtfRequest, size: number): PowerSpectrum {
  const { image, width, height, pixelSizeA } = request;
  const { mean, sigma } = robustMoments(image);
  if (!(sigma > 0)) {
    throw new CodedError('CTF_FAILED', 'every pixel of the micrograph has the same value');
  }
  const lowest = mean - OUTLIER_SIGMAS * sigma;
  const highest = mean + OUTLIER_SIGMAS * sigma;
  const taper = new Float64Array(size).map((_, i) => Math.sin((Math.PI * (i + 0.5)) / size));
  const transform = createRealFft2d(size, size);
  const power = new Float32Array(size * (size / 2 + 1));
  const tile = new Float32Array(size * size);
  let tiles = 0;
  for (const top of starts(height, size)) {
    for (const left of starts(width, size)) {
      let sum = 0;
      for (let y = 0; y < size; y++) {
        const from = (top + y) * width + left;
        for (let x = 0; x < size; x++) {
          const raw = image[from + x] as number;
          const value = Number.isNaN(raw) ? mean : Math.max(lowest, Math.min(highest, raw));
          tile[y * size + x] = value;
          sum += value;
        }
      }
      const tileMean = sum / (size * size);
      for (let y = 0; y < size; y++) {
        const wy = (taper[y] as number) / sigma;
        for (let x = 0; x < size; x++) {
          const i = y * size + x;
          tile[i] = ((tile[i] as number) - tileMean) * wy * (taper[x] as number);
        }
      }
      const { re, im } = transform.forward(tile);
      for (let i = 0; i < power.length; i++) {
        power[i] = (power[i] as number) + (re[i] as number) ** 2 + (im[i] as number) ** 2;
      }
      tiles++;
      request.signal?.throwIfAborted();
    }
  }
  for (let i = 0; i < power.length; i++) power[i] = (power[i] as number) / tiles;
  return { size, power, stepPerA: 1 / (size * pixelSizeA), tiles };
}

/** First pixels of tiles that cover `length`, overlapping by half or a little more. */
function starts(length: number, size: number): number[] {
  const steps = Math.ceil((length - size) / (size / 2));
  if (steps === 0) return [0];
  return Array.from({ length: steps + 1 }, (_, i) => Math.round((i * (length - size)) / steps));
}

/** Mean and standard deviation of the pixels that are numbers, without those beyond OUTLIER_SIGMAS of a first pass. */
function robustMoments(image: Float32Array): { mean: number; sigma: number } {
  // A sample is enough for limits; its stride is odd so that it does not fall on the columns of a camera.
  const stride = Math.max(1, Math.floor(image.length / 500_000)) | 1;
  let low = -Infinity;
  let high = Infinity;
  let mean = 0;
  let sigma = 0;
  for (let pass = 0; pass < 3; pass++) {
    let n = 0;
    let sum = 0;
    let squares = 0;
    // The first value serves as origin, so that a small variation on a large mean keeps its digits.
    let origin = Number.NaN;
    for (let i = 0; i < image.length; i += stride) {
      const v = image[i] as number;
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
