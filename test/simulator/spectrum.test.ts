import { describe, expect, it } from 'vitest';
import { createShifter, forwardSpectrum } from '../../src/simulator/spectrum.ts';

const NX = 48;
const NY = 32;

/** A sum of waves that is defined at every position, not only at whole pixels. */
function wave(x: number, y: number): number {
  const phase = (kx: number, ky: number) => 2 * Math.PI * ((kx * x) / NX + (ky * y) / NY);
  return (
    0.5 +
    Math.cos(phase(3, 0) + 0.4) +
    0.7 * Math.sin(phase(5, -7)) +
    0.2 * Math.cos(phase(0, 9)) +
    Math.sin(phase(23, 15))
  );
}

function sample(shiftX: number, shiftY: number, x0: number, y0: number, width: number, height: number) {
  return Float32Array.from({ length: width * height }, (_, i) =>
    wave(x0 + (i % width) - shiftX, y0 + Math.floor(i / width) - shiftY),
  );
}

function maxDifference(a: Float32Array, b: Float32Array): number {
  return Math.max(...a.map((value, i) => Math.abs(value - b[i]!)));
}

describe('shifter', () => {
  it.each([
    [0, 0],
    [1, 0],
    [0, -2],
    [2.37, -4.81],
  ] as const)('moves the content by exactly (%f, %f)', (shiftX, shiftY) => {
    const spectrum = forwardSpectrum(sample(0, 0, 0, 0, NX, NY), NX, NY);
    const window = { x: 4, y: 3, width: 21, height: 17 };
    const out = new Float32Array(window.width * window.height);
    createShifter(spectrum, window).render([shiftX, shiftY], () => 1, out);
    const expected = sample(shiftX, shiftY, window.x, window.y, window.width, window.height);
    expect(maxDifference(out, expected)).toBeLessThan(1e-5);
  });

  it('attenuates each frequency by its own factor', () => {
    const field = Float32Array.from({ length: NX * NY }, (_, i) =>
      Math.cos((2 * Math.PI * 12 * (i % NX)) / NX),
    );
    const out = new Float32Array(NX * NY);
    const window = { x: 0, y: 0, width: NX, height: NY };
    createShifter(forwardSpectrum(field, NX, NY), window).render([0, 0], (k) => 1 - k, out);
    // 12 waves on 48 pixels: 0.25 cycles per pixel.
    expect(out[0]).toBeCloseTo(0.75, 3);
    expect(out[2]).toBeCloseTo(-0.75, 3);
  });
});
