import { describe, expect, it } from 'vitest';
import { isFlat } from '../../../src/engine/motion/flat.ts';
import { randomNumbers } from '../../support/random.ts';
import { poisson } from './synthetic-movie.ts';

const SIDE = 200;
const counts = (mean: number) => {
  const random = randomNumbers(1);
  return Uint8Array.from({ length: SIDE * SIDE }, () => poisson(mean, random));
};

describe('a flat frame', () => {
  it.each([
    ['saturated', new Uint8Array(SIDE * SIDE).fill(255)],
    ['saturated at 4 bits', new Uint8Array(SIDE * SIDE).fill(15)],
    ['constant', new Float32Array(SIDE * SIDE).fill(0.5)],
    ['saturated except for cold pixels', new Uint16Array(SIDE * SIDE).fill(65535).fill(0, 100, 3000)],
  ])('is a frame that is %s', (_, raw) => {
    expect(isFlat(raw)).toBe(true);
  });

  it.each([0.001, 0.05, 0.7, 5, 40])('is not a frame with %d electrons per pixel', (mean) => {
    expect(isFlat(counts(mean))).toBe(false);
  });

  it('is not a frame of zeros, which counts as dark', () => {
    expect(isFlat(new Uint8Array(SIDE * SIDE))).toBe(false);
  });

  it('is not a frame from a camera that counts at most one electron per pixel: such a frame still shows the specimen', () => {
    expect(isFlat(counts(1.5).map((v) => Math.min(v, 1)))).toBe(false);
  });
});
