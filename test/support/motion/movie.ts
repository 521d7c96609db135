import { existsSync, renameSync } from 'node:fs';
import { createRandom } from '../../../src/base/random.ts';
import { createTiffWriter } from '../../../src/formats/tiff/write.ts';
import { createPoissonSampler } from './poisson.ts';

/**
 * Movies for testing the engine: blobs with counting noise, drawn in every frame at the position given by the
 * motion.
 */
export interface BenchMovie {
  readonly width: number;
  readonly height: number;
  readonly frames: number;
  /** Counts per pixel per frame. */
  readonly dose: number;
  /** Maximum local motion, pixels; 0: whole-frame motion only. */
  readonly localPixels: number;
  /** Standard deviation of the rate, as a fraction of its mean. */
  readonly contrast: number;
  /** Seed of blobs, gain and counts. */
  readonly seed: number;
  /**
   * Number of frames that are simulated, at least two; later frames repeat them, so that a long movie is
   * created quickly if motion does not matter.
   */
  readonly simulatedFrames: number;
}

export const BENCH_MOVIE: BenchMovie = {
  width: 4096,
  height: 4096,
  frames: 40,
  dose: 1,
  localPixels: 3,
  contrast: 0.15,
  seed: 1,
  simulatedFrames: 40,
};

/** Whole-frame motion from the first frame to the last, pixels. */
const GLOBAL_MOTION = [12.3, -7.4] as const;
/** Mean distance between blobs, pixels. */
const SPACING = 16;
const MARGIN = 40;

/**
 * Motion of the content at a position since the first frame, pixels: fast at first, larger towards the edges,
 * as in doming ice.
 * @param x, y - position in fractions of the frame, -0.5 to 0.5
 */
export function benchMotion(movie: BenchMovie, frame: number, x: number, y: number): [number, number] {
  const earlyMotion = 1 - Math.exp(-frame / 10);
  const lateMotion = frame / Math.max(1, movie.frames - 1);
  const { localPixels: local } = movie;
  return [
    GLOBAL_MOTION[0] * earlyMotion +
      local * (1.2 * x * earlyMotion + 1.4 * (x * x + 0.5 * x * y) * lateMotion),
    GLOBAL_MOTION[1] * earlyMotion +
      local * ((0.9 * y - 0.5 * x) * earlyMotion - 1.2 * (y * y - 0.1) * lateMotion),
  ];
}

interface Blob {
  readonly x: number;
  readonly y: number;
  readonly sigma: number;
  readonly height: number;
}

function randomBlobs(movie: BenchMovie, random: () => number): Blob[] {
  const { width, height } = movie;
  const count = Math.round(((width + 2 * MARGIN) * (height + 2 * MARGIN)) / SPACING ** 2);
  const uniform = () => random() / 2 ** 32;
  return Array.from({ length: count }, () => ({
    x: uniform() * (width + 2 * MARGIN) - MARGIN,
    y: uniform() * (height + 2 * MARGIN) - MARGIN,
    sigma: 1.5 + 5 * uniform() ** 2,
    height: uniform() < 0.5 ? 1 : -1,
  }));
}

/** Adds every blob at the position to which the motion has moved its centre. */
function render(movie: BenchMovie, blobs: readonly Blob[], frame: number, field: Float32Array): void {
  const { width, height } = movie;
  field.fill(0);
  const alongX = new Float32Array(64);
  for (const blob of blobs) {
    const [mx, my] = benchMotion(movie, frame, blob.x / width - 0.5, blob.y / height - 0.5);
    const cx = blob.x + mx;
    const cy = blob.y + my;
    const radius = 3.5 * blob.sigma;
    const x0 = Math.max(0, Math.ceil(cx - radius));
    const x1 = Math.min(width - 1, Math.floor(cx + radius));
    const y0 = Math.max(0, Math.ceil(cy - radius));
    const y1 = Math.min(height - 1, Math.floor(cy + radius));
    const factor = -1 / (2 * blob.sigma * blob.sigma);
    for (let x = x0; x <= x1; x++) alongX[x - x0] = Math.exp(factor * (x - cx) ** 2);
    for (let y = y0; y <= y1; y++) {
      const row = blob.height * Math.exp(factor * (y - cy) ** 2);
      for (let x = x0, index = y * width + x0; x <= x1; x++, index++) field[index]! += row * alongX[x - x0]!;
    }
  }
}

/** Writes the movie (8-bit LZW TIFF) and its gain reference (TIFF) into `directory` unless they exist. */
export function ensureBenchMovie(
  directory: string,
  movie: BenchMovie = BENCH_MOVIE,
): { moviePath: string; gainPath: string } {
  const { width, height, frames, dose, localPixels, contrast, seed, simulatedFrames } = movie;
  const simulatedCount = Math.min(simulatedFrames, frames);
  const suffix = simulatedCount < frames ? `-${simulatedCount}simulated` : '';
  const name = `bench-v2-${width}x${height}x${frames}-${dose}e-${localPixels}px-seed${seed}${suffix}`;
  const moviePath = `${directory}/${name}.tiff`;
  const gainPath = `${directory}/${name}-gain.tiff`;
  if (existsSync(moviePath) && existsSync(gainPath)) return { moviePath, gainPath };
  const random = createRandom(12344 + seed).uint32;
  const gain = Float32Array.from({ length: width * height }, () => 0.95 + (random() % 1000) / 1e4);
  const gainWriter = createTiffWriter(gainPath, { width, height, pixelType: 'f32', compression: 'lzw' });
  gainWriter.appendFrame(new Uint8Array(gain.buffer));
  gainWriter.finish();
  const blobs = randomBlobs(movie, random);
  const drawCount = createPoissonSampler(random);
  const field = new Float32Array(width * height);
  const pixels = new Uint8Array(width * height);
  const partialPath = `${moviePath}.partial`;
  const writer = createTiffWriter(partialPath, { width, height, pixelType: 'u8', compression: 'lzw' });
  let scale = 0;
  const repeatedFrames: Uint8Array[] = [];
  for (let frame = 0; frame < frames; frame++) {
    if (frame >= simulatedCount) {
      // forwards and backwards, so that no step is larger than a simulated one
      const index = frame % Math.max(1, 2 * (simulatedCount - 1));
      writer.appendFrame(repeatedFrames[Math.min(index, 2 * (simulatedCount - 1) - index)]!);
      continue;
    }
    render(movie, blobs, frame, field);
    if (frame === 0) scale = contrast / standardDeviation(field);
    for (let i = 0; i < pixels.length; i++) {
      pixels[i] = drawCount((dose * Math.max(0, 1 + scale * field[i]!)) / gain[i]!);
    }
    writer.appendFrame(pixels);
    if (simulatedCount < frames) repeatedFrames.push(pixels.slice());
  }
  writer.finish();
  renameSync(partialPath, moviePath);
  return { moviePath, gainPath };
}

function standardDeviation(values: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i += 61) sum += values[i]! ** 2;
  return Math.sqrt(sum / Math.ceil(values.length / 61));
}
