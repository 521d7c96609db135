import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMemory } from '../../../src/engine/memory/arena.ts';
import { acquireMemory, releaseMemory } from '../../../src/engine/memory/pool.ts';
import { alignMovie } from '../../../src/engine/motion/align.ts';
import type { AlignOutcome } from '../../../src/engine/ports.ts';
import { writeMrc } from '../../../src/formats/mrc/write.ts';
import { alignRequest } from '../motion/align-request.ts';
import { drift, writeSyntheticMovie } from '../motion/synthetic-movie.ts';

const dir = mkdtempSync(join(tmpdir(), 'pool-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const [WIDTH, HEIGHT, FRAMES] = [401, 333, 12];
const gainPath = join(dir, 'gain.mrc');
const gain = Float32Array.from({ length: WIDTH * HEIGHT }, (_, i) => 0.9 + 0.02 * (i % 11));
writeMrc(gainPath, { width: WIDTH, height: HEIGHT, data: gain }, 1);
const moviePath = join(dir, 'movie.mrc');
writeSyntheticMovie(moviePath, {
  width: WIDTH,
  height: HEIGHT,
  shifts: drift(FRAMES, 5),
  dose: 5,
  contrast: 0.3,
  sensitivity: gain.map((v) => 1 / v),
  local: (frame, x, y) => [(10 * x * frame) / FRAMES, ((8 * y - 4 * x) * frame) / FRAMES],
  modify: (frame) => {
    for (let k = 0; k < 9; k++) frame[(k * 12_961) % frame.length] = 400;
  },
});

/** Uses every part of the layout: gain, defects, patches, weights, even and odd sums, odd sizes. */
function align(threads: number): Promise<AlignOutcome> {
  return alignMovie(
    alignRequest(moviePath, {
      dosePerFrameEA2: 1.5,
      binning: 1.7,
      throwFrames: 1,
      gain: { path: gainPath, rotate: 0, flip: 0 },
      patches: [3, 3],
      evenOdd: 'weighted',
      threads,
    }),
  );
}

/** Fills the memory that the next movie will reuse; it is larger than necessary. */
function fillReusedMemory(fill: (buffer: ArrayBufferLike) => void): void {
  acquireMemory(1);
  const memory = createMemory(64 * 2 ** 20);
  fill(memory.buffer);
  releaseMemory(memory);
}

describe('memory that another movie has used', () => {
  let expected: AlignOutcome;
  beforeAll(async () => {
    fillReusedMemory((buffer) => new Uint8Array(buffer).fill(0));
    expected = await align(1);
  });

  it('is used in all its parts by the test movie: hot pixels, patches, even and odd sums', () => {
    expect(expected.local?.fit).toBeTruthy();
    expect(expected.hotPixels).toHaveLength(9);
    expect(expected.evenOdd?.isWeighted).toBe(true);
  });

  it.each([
    ['NaN', 1, (buffer: ArrayBufferLike) => new Float32Array(buffer).fill(Number.NaN)],
    ['NaN', 3, (buffer: ArrayBufferLike) => new Float32Array(buffer).fill(Number.NaN)],
    ['huge numbers', 1, (buffer: ArrayBufferLike) => new Float32Array(buffer).fill(3e38)],
    ['bytes of 7', 2, (buffer: ArrayBufferLike) => new Uint8Array(buffer).fill(7)],
  ])('gives the same results as new memory: filled with %s, %i thread(s)', async (_, threads, fill) => {
    fillReusedMemory(fill);
    expect(await align(threads)).toEqual(expected);
  });

  it('is reused only if it is large enough', () => {
    acquireMemory(1);
    const memory = createMemory(10 * 2 ** 20);
    releaseMemory(memory);
    expect(acquireMemory(2 ** 20)).toBe(memory);
    releaseMemory(memory);
    expect(acquireMemory(11 * 2 ** 20)).not.toBe(memory);
  });
});
