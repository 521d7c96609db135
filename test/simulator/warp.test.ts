import { describe, expect, it } from 'vitest';
import { warp, warpMargin } from '../../src/simulator/warp.ts';

const WIDTH = 75;
const HEIGHT = 53;
const margin = warpMargin(3);

/** Maximum difference between a warped wave and the wave at the original positions of the content. */
function maxError(waveX: number, waveY: number): number {
  const wave = (x: number, y: number) => Math.cos(waveX * x + waveY * y + 0.4);
  const pitch = WIDTH + 2 * margin;
  const image = Float32Array.from({ length: pitch * (HEIGHT + 2 * margin) }, (_, i) =>
    wave((i % pitch) - margin, Math.floor(i / pitch) - margin),
  );
  const motion = (x: number, y: number) => [0.7 + 0.012 * x - 0.01 * y, -1.3 + 0.02 * y + 0.008 * x] as const;
  const out = new Float32Array(WIDTH * HEIGHT);
  warp(image, WIDTH, HEIGHT, margin, motion, out);
  return out.reduce((worst, v, i) => {
    const [x, y] = [i % WIDTH, Math.floor(i / WIDTH)];
    const [dx, dy] = motion(x, y);
    return Math.max(worst, Math.abs(v - wave(x - dx, y - dy)));
  }, 0);
}

describe('a warped image', () => {
  it.each([
    [0.3, 0.2],
    [0.5 * Math.PI, -0.4 * Math.PI],
    [0.72 * Math.PI, 0.1],
    [0.1, 0.72 * Math.PI],
  ])('moves waves of %f, %f radians per pixel with an accuracy of 0.003', (waveX, waveY) => {
    expect(maxError(waveX, waveY)).toBeLessThan(0.003);
  });

  it('preserves a constant image', () => {
    expect(maxError(0, 0)).toBeLessThan(1e-6);
  });
});
