import { existsSync, renameSync } from 'node:fs';
import { writeMrc } from '../../src/formats/mrc/write.ts';
import { createTiffWriter } from '../../src/formats/tiff/write.ts';

/** The movie that the engine is measured with: counting noise over blobs that drift by whole pixels. */
export const BENCH_SIDE = 4096;
export const BENCH_FRAMES = 40;
/** Counts per pixel and frame. */
const DOSE = 1;
const MARGIN = 32;
/** Rates are drawn from so many levels around the mean, each with a table of outcomes. */
const LEVELS = 64;
const OUTCOMES = 4096;

/** Motion of the content in each frame, pixels. */
export const BENCH_SHIFTS = Array.from({ length: BENCH_FRAMES }, (_, i): [number, number] => {
  const way = 1 - Math.exp(-i / 10);
  return [Math.round(12 * way), Math.round(-7 * way)];
});

function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** Level of the rate at each pixel of a square a margin larger than the frame. */
function specimen(random: () => number): Uint8Array {
  const side = BENCH_SIDE + 2 * MARGIN;
  const heights = new Float32Array(side * side);
  for (let blob = 0; blob < 60_000; blob++) {
    const [cx, cy] = [random() % side, random() % side];
    const sigma = 3 + (random() % 100) / 15;
    const reach = Math.ceil(3 * sigma);
    const sign = random() % 2 === 0 ? 1 : -1;
    for (let y = Math.max(0, cy - reach); y < Math.min(side, cy + reach); y++) {
      for (let x = Math.max(0, cx - reach); x < Math.min(side, cx + reach); x++) {
        heights[y * side + x]! += sign * Math.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * sigma * sigma));
      }
    }
  }
  return Uint8Array.from(heights, (h) => Math.min(LEVELS - 1, Math.max(0, Math.round(LEVELS / 2 + 4 * h))));
}

/** For each level, outcomes of Poisson's law in the right proportions. */
function outcomes(): Uint8Array {
  const table = new Uint8Array(LEVELS * OUTCOMES);
  for (let level = 0; level < LEVELS; level++) {
    const mean = DOSE * (1 + 0.4 * ((2 * level) / LEVELS - 1));
    let count = 0;
    let probability = Math.exp(-mean);
    let cumulative = probability;
    for (let i = 0; i < OUTCOMES; i++) {
      while ((i + 0.5) / OUTCOMES > cumulative && count < 255) {
        count++;
        probability *= mean / count;
        cumulative += probability;
      }
      table[level * OUTCOMES + i] = count;
    }
  }
  return table;
}

/** Writes movie (8-bit LZW TIFF) and gain into `directory` unless they are there. */
export function ensureBenchMovie(directory: string): { moviePath: string; gainPath: string } {
  const moviePath = `${directory}/bench-${BENCH_SIDE}x${BENCH_SIDE}x${BENCH_FRAMES}.tiff`;
  const gainPath = `${directory}/bench-gain.mrc`;
  if (existsSync(moviePath) && existsSync(gainPath)) return { moviePath, gainPath };
  const random = xorshift(12345);
  const levels = specimen(random);
  const table = outcomes();
  const side = BENCH_SIDE + 2 * MARGIN;
  const gain = Float32Array.from({ length: BENCH_SIDE ** 2 }, () => 0.95 + (random() % 1000) / 1e4);
  writeMrc(gainPath, { width: BENCH_SIDE, height: BENCH_SIDE, data: gain }, null);
  const partial = `${moviePath}.partial`;
  const writer = createTiffWriter(partial, {
    width: BENCH_SIDE,
    height: BENCH_SIDE,
    pixelType: 'u8',
    compression: 'lzw',
  });
  const frame = new Uint8Array(BENCH_SIDE ** 2);
  for (const [dx, dy] of BENCH_SHIFTS) {
    for (let y = 0; y < BENCH_SIDE; y++) {
      const from = (y + MARGIN - dy) * side + MARGIN - dx;
      for (let x = 0; x < BENCH_SIDE; x++) {
        frame[y * BENCH_SIDE + x] = table[levels[from + x]! * OUTCOMES + (random() >>> 20)]!;
      }
    }
    writer.appendFrame(frame);
  }
  writer.finish();
  renameSync(partial, moviePath);
  return { moviePath, gainPath };
}
