import { describe, expect, it } from 'vitest';
import { loadKernels } from '../../../src/engine/kernels/load.ts';
import { Arena, createMemory } from '../../../src/engine/memory/arena.ts';
import { halvingResponse, halvingWeights } from '../../../src/engine/motion/halving.ts';

const TYPE_F32 = 6;
const PITCH = 4 * 128;

/** Result of the kernel: an image of width x height f32 values, halved `halvings` times. */
function halve(values: Float32Array, width: number, height: number, halvings: number): Float32Array {
  const memory = createMemory(2 ** 20);
  const arena = new Arena(memory);
  const [raw, gain, bad] = [values.length * 4, width * 4, 4].map((bytes) => arena.allocate(bytes + 64));
  const [image, work] = [arena.allocate(PITCH * height), arena.allocate((3 * width + 64) * 4)];
  arena.float32(raw!, values.length).set(values);
  arena.float32(gain!, width).fill(1);
  const { pixels } = loadKernels(memory);
  let [sourceAddress, sourcePitch] = [raw!, 0];
  let [w, h] = [width, height];
  for (let i = 0; i < halvings; i++) {
    pixels.halve(TYPE_F32, sourceAddress, sourcePitch, gain!, 0, bad!, 0, w, h, image, PITCH, work);
    [sourceAddress, sourcePitch] = [image, PITCH];
    [w, h] = [w >> 1, h >> 1];
  }
  return Float32Array.from({ length: w * h }, (_, i) => {
    return arena.float32(image + Math.floor(i / w) * PITCH, w)[i % w]!;
  });
}

/** Distance of tested pixels from the edges: the weights do not describe the repetition of edge pixels. */
const MARGIN = 12;

describe.each([
  [64, 48, 1],
  [67, 51, 1],
  [88, 64, 2],
])('a frame of %i x %i halved %i times', (width, height, halvings) => {
  it('has pixels that are sums of the original pixels with the weights from `halvingWeights`', () => {
    const size = [width >> halvings, height >> halvings] as const;
    for (const [x, y] of [
      [MARGIN, MARGIN],
      [MARGIN + 1, MARGIN + 3],
      [MARGIN + 2, MARGIN + 1],
    ] as const) {
      const image = new Float32Array(width * height);
      image[y * width + x] = 64;
      const expected = new Float32Array(size[0] * size[1]);
      for (const [j, wy] of halvingWeights(y, halvings))
        for (const [i, wx] of halvingWeights(x, halvings))
          expected[j * size[0] + i] = expected[j * size[0] + i]! + 64 * wx * wy;
      const result = halve(image, width, height, halvings);
      expect(result.reduce((max, v, i) => Math.max(max, Math.abs(v - expected[i]!)), 0)).toBeLessThan(1e-5);
    }
  });

  it('scales the amplitude of a wave by the response, and does not change a constant', () => {
    const frequency = 0.11 / 2 ** halvings;
    const factor = 2 ** halvings;
    const wave = Float32Array.from({ length: width * height }, (_, i) =>
      Math.cos(2 * Math.PI * frequency * (i % width)),
    );
    const result = halve(wave, width, height, halvings);
    const [w, h] = [width >> halvings, height >> halvings];
    const amplitude = halvingResponse(frequency, halvings);
    for (let x = 4; x < w - 4; x++) {
      // The wave is evaluated at the centre of the pixels that contribute to the value.
      const truth = amplitude * Math.cos(2 * Math.PI * frequency * (factor * x + (factor - 1) / 2));
      expect(result[(h >> 1) * w + x]).toBeCloseTo(truth, 5);
    }
    const constant = halve(new Float32Array(width * height).fill(3), width, height, halvings);
    expect(constant.every((v) => Math.abs(v - 3) < 1e-5)).toBe(true);
  });
});
