import { createRandom } from '../base/random.ts';

export interface DetectorSettings {
  readonly width: number;
  readonly height: number;
  readonly seed: number;
  /** Pixels per million with too many counts in every frame. */
  readonly hotPerMillion?: number;
  /** Pixels per million without counts. */
  readonly deadPerMillion?: number;
}

/** The response of a detector, which stays the same during a session. */
export interface Detector {
  readonly width: number;
  readonly height: number;
  /**
   * height*width, row-major; counts times gain are electrons. The mean over live pixels is 1; 0 on dead
   * pixels.
   */
  readonly gain: Float32Array;
  /** Counts per electron: 1/gain, 0 on dead pixels. */
  readonly sensitivity: Float32Array;
  /** [x, y, counts per frame]; the gain reference does not correct them. */
  readonly hotPixels: readonly (readonly [number, number, number])[];
  /** [x, y]. */
  readonly deadPixels: readonly (readonly [number, number])[];
}

/**
 * Standard deviations of the components of a counting camera's gain, as fractions of the mean; similar to
 * those of K3 gain references.
 */
const COLUMN_SPREAD = 0.02;
const ROW_SPREAD = 0.015;
const BLOCK_SPREAD = 0.02;
const PIXEL_SPREAD = 0.025;
/** Amplitude of the slow variation across the sensor. */
const SHADING = 0.03;
/** Width of a readout block in columns. */
const BLOCK_COLUMNS = 128;
/** Counts per frame of hot pixels. */
const HOT_COUNTS: readonly [number, number] = [15, 90];

/**
 * A detector with column and row stripes, readout blocks, shading and pixel-to-pixel variation, and with hot
 * and dead pixels. The same settings and seed give the same detector.
 */
export function createDetector(settings: DetectorSettings): Detector {
  const { width, height } = settings;
  const random = createRandom(settings.seed, 4);
  const blocks = stripes(Math.ceil(width / BLOCK_COLUMNS), BLOCK_SPREAD, random.gaussian);
  const columns = stripes(width, COLUMN_SPREAD, random.gaussian);
  const rows = stripes(height, ROW_SPREAD, random.gaussian);
  const gain = new Float32Array(width * height);
  let sum = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const shading = 1 + SHADING * Math.cos((Math.PI * x) / width) * Math.cos((Math.PI * y) / height);
      const stripe = (columns[x] ?? 0) * (rows[y] ?? 0) * (blocks[Math.floor(x / BLOCK_COLUMNS)] ?? 0);
      const pixel = Math.max(0.5, 1 + PIXEL_SPREAD * random.gaussian());
      const value = stripe * shading * pixel;
      gain[y * width + x] = value;
      sum += value;
    }
  }
  const pixels = width * height;
  const randomPixel = (): [number, number] => [
    Math.floor(random.between(0, width)),
    Math.floor(random.between(0, height)),
  ];
  const deadPixels = Array.from(
    { length: countPerMillion(settings.deadPerMillion ?? 20, pixels) },
    randomPixel,
  );
  for (const [x, y] of deadPixels) {
    sum -= gain[y * width + x] ?? 0;
    gain[y * width + x] = 0;
  }
  const deadIndices = new Set(deadPixels.map(([x, y]) => y * width + x));
  const mean = sum / (pixels - deadIndices.size);
  const sensitivity = new Float32Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const value = Math.fround((gain[i] ?? 0) / mean);
    gain[i] = value;
    sensitivity[i] = value > 0 ? 1 / value : 0;
  }
  const hotPixels = Array.from({ length: countPerMillion(settings.hotPerMillion ?? 30, pixels) }, randomPixel)
    .filter(([x, y]) => !deadIndices.has(y * width + x))
    .map(([x, y]) => [x, y, Math.round(random.between(...HOT_COUNTS))] as const);
  return { width, height, gain, sensitivity, hotPixels, deadPixels };
}

function countPerMillion(rate: number, pixels: number): number {
  return Math.round((rate * pixels) / 1e6);
}

function stripes(length: number, spread: number, gaussian: () => number): Float64Array {
  return Float64Array.from({ length }, () => Math.max(0.5, 1 + spread * gaussian()));
}
