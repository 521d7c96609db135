import { createMrcStackWriter } from '../../../src/formats/mrc/write.ts';
import { randomNumbers } from '../../support/random.ts';

/**
 * Movies with known truth, independent of the engine: Gaussian blobs drawn at their exact shifted positions,
 * with Poisson counts in each pixel. A shift is the motion of the content.
 */
export interface SyntheticOptions {
  readonly width: number;
  readonly height: number;
  /** Motion [x, y] of the content in each frame, pixels. */
  readonly shifts: readonly (readonly [number, number])[];
  /**
   * Local motion, pixels, at a position in fractions of the frame (-0.5..0.5): each blob moves like its
   * centre.
   */
  readonly local?: (frame: number, x: number, y: number) => readonly [number, number];
  /** Mean counts per pixel per frame. */
  readonly dose: number;
  readonly seed?: number;
  /** Standard deviation of the specimen, as a fraction of the mean. */
  readonly contrast?: number;
  /** Sensitivity of each pixel, mean 1; multiplies the expected counts. */
  readonly sensitivity?: Float32Array;
  /** No counting noise: pixels are the expected counts, as f32. */
  readonly noiseless?: boolean;
  /** Sets raw pixels after counting. */
  readonly modify?: (frame: Float32Array, index: number) => void;
}

export function poisson(mean: number, random: () => number): number {
  let count = 0;
  let probability = Math.exp(-mean);
  let remaining = random() - probability;
  while (remaining > 0 && count < 1000) {
    count++;
    probability *= mean / count;
    remaining -= probability;
  }
  return count;
}

interface Blob {
  readonly x: number;
  readonly y: number;
  readonly sigma: number;
  readonly height: number;
}

function makeBlobs(width: number, height: number, random: () => number): Blob[] {
  const margin = 40;
  const count = Math.ceil(((width + 2 * margin) * (height + 2 * margin)) / 400);
  return Array.from({ length: count }, () => ({
    x: -margin + random() * (width + 2 * margin),
    y: -margin + random() * (height + 2 * margin),
    sigma: 1.5 + 3 * random(),
    height: random() - 0.5,
  }));
}

/** Relative contrast at each pixel with the content moved by `shift`. */
function drawBlobs(
  blobs: readonly Blob[],
  width: number,
  height: number,
  shift: readonly [number, number],
  local: (x: number, y: number) => readonly [number, number] = () => [0, 0],
): Float64Array {
  const image = new Float64Array(width * height);
  for (const blob of blobs) {
    const [lx, ly] = local(blob.x / width - 0.5, blob.y / height - 0.5);
    const [cx, cy] = [blob.x + shift[0] + lx, blob.y + shift[1] + ly];
    const reach = 5 * blob.sigma;
    const [x0, x1] = [Math.max(0, Math.ceil(cx - reach)), Math.min(width - 1, Math.floor(cx + reach))];
    const [y0, y1] = [Math.max(0, Math.ceil(cy - reach)), Math.min(height - 1, Math.floor(cy + reach))];
    const profile = (d: number) => Math.exp(-(d * d) / (2 * blob.sigma ** 2));
    const alongX = Array.from({ length: Math.max(0, x1 - x0 + 1) }, (_, i) => profile(x0 + i - cx));
    for (let y = y0; y <= y1; y++) {
      const row = blob.height * profile(y - cy);
      for (let x = x0; x <= x1; x++) image[y * width + x]! += row * alongX[x - x0]!;
    }
  }
  return image;
}

/** Yields the frames as raw counts. */
export function* syntheticFrames(options: SyntheticOptions): Generator<Float32Array> {
  const { width, height, dose, contrast = 0.1 } = options;
  const random = randomNumbers(options.seed ?? 1);
  const blobs = makeBlobs(width, height, random);
  const unshifted = drawBlobs(blobs, width, height, [0, 0]);
  const rms = Math.sqrt(unshifted.reduce((sum, v) => sum + v * v, 0) / unshifted.length);
  for (const [index, shift] of options.shifts.entries()) {
    const specimen = drawBlobs(blobs, width, height, shift, (x, y) => options.local?.(index, x, y) ?? [0, 0]);
    const frame = new Float32Array(width * height);
    for (let i = 0; i < frame.length; i++) {
      const rate = Math.max(
        0,
        dose * (1 + (contrast / rms) * specimen[i]!) * (options.sensitivity?.[i] ?? 1),
      );
      frame[i] = options.noiseless ? rate : poisson(rate, random);
    }
    options.modify?.(frame, index);
    yield frame;
  }
}

/** Writes the movie as MRC: mode 6 (counts), or 2 if noiseless. */
export function writeSyntheticMovie(path: string, options: SyntheticOptions): void {
  const { width, height } = options;
  const writer = createMrcStackWriter(path, {
    width,
    height,
    mode: options.noiseless ? 2 : 6,
    pixelSizeA: 1,
  });
  for (const frame of syntheticFrames(options)) {
    const pixels = options.noiseless ? frame : Uint16Array.from(frame);
    writer.appendFrame(new Uint8Array(pixels.buffer));
  }
  writer.finish();
}

/** Drift that is fast at first and slows down, `length` pixels in total. */
export function drift(frames: number, length: number, angleDeg = 30): [number, number][] {
  const angle = (angleDeg * Math.PI) / 180;
  return Array.from({ length: frames }, (_, i) => {
    const distance = length * (1 - Math.exp((-4 * i) / frames));
    return [distance * Math.cos(angle), distance * Math.sin(angle) + 0.6 * Math.sin(i / 3)];
  });
}

/** Root mean square distance between shifts and truth, both relative to the first frame. */
export function rmsd(
  shifts: readonly (readonly [number, number])[],
  truth: readonly (readonly [number, number])[],
): number {
  const sum = shifts.reduce((total, [x, y], i) => {
    const dx = x - shifts[0]![0] - (truth[i]![0] - truth[0]![0]);
    const dy = y - shifts[0]![1] - (truth[i]![1] - truth[0]![1]);
    return total + dx * dx + dy * dy;
  }, 0);
  return Math.sqrt(sum / shifts.length);
}
