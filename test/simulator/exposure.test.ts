import { describe, expect, it } from 'vitest';
import { createExposure } from '../../src/simulator/exposure.ts';
import { electronWavelengthA } from '../../src/simulator/optics.ts';

const N = 512;
const PIXEL_A = 1;
const OPTICS = {
  voltageKv: 300,
  csMm: 2.7,
  amplitudeContrast: 0.1,
  phaseShiftDeg: 0,
  defocusUA: 16000,
  defocusVA: 13000,
  defocusAngleDeg: -40,
  envelopeBA2: 0,
};
const WINDOW = { x: 0, y: 0, width: N, height: N };
const exposure = createExposure(
  {
    nx: N,
    ny: N,
    pixelSizeA: PIXEL_A,
    particleDensity: 0,
    seed: 8,
    optics: OPTICS,
    contrast: 0.15,
    iceRing: 0,
    iceGradient: 0,
  },
  WINDOW,
);

function render(shift: readonly [number, number], doseEA2 = 0): Float32Array {
  const out = new Float32Array(N * N);
  exposure.renderContrast(shift, doseEA2, out);
  return out;
}

/**
 * Shift of b relative to a, from the phases of their direct Fourier sums at a few frequencies; the window is
 * the whole periodic field.
 */
function shiftFromPhases(a: Float32Array, b: Float32Array): [number, number] {
  const phaseDifferenceAt = (kx: number, ky: number): { phase: number; weight: number } => {
    let [ar, ai, br, bi] = [0, 0, 0, 0];
    for (let y = 0; y < N; y++) {
      for (let x = 0; x < N; x++) {
        const angle = (-2 * Math.PI * (kx * x + ky * y)) / N;
        const c = Math.cos(angle);
        const s = Math.sin(angle);
        ar += a[y * N + x]! * c;
        ai += a[y * N + x]! * s;
        br += b[y * N + x]! * c;
        bi += b[y * N + x]! * s;
      }
    }
    return { phase: Math.atan2(bi * ar - br * ai, br * ar + bi * ai), weight: ar * ar + ai * ai };
  };
  const estimate = (points: readonly (readonly [number, number])[], axis: 0 | 1) => {
    let sum = 0;
    let weights = 0;
    for (const point of points) {
      const { phase, weight } = phaseDifferenceAt(...point);
      sum += weight * ((-phase * N) / (2 * Math.PI * point[axis]));
      weights += weight;
    }
    return sum / weights;
  };
  const steps = [20, 24, 28, 31];
  return [
    estimate(
      steps.map((k) => [k, 0] as const),
      0,
    ),
    estimate(
      steps.map((k) => [0, k] as const),
      1,
    ),
  ];
}

/**
 * Distance to the nearest zero of the CTF, as a phase in units of pi, along U and V between 33 and 6.7 A;
 * null elsewhere.
 */
function distanceFromZero(kx: number, ky: number): number | null {
  const fx = kx / (N * PIXEL_A);
  const fy = (ky > N / 2 ? ky - N : ky) / (N * PIXEL_A);
  const k = Math.hypot(fx, fy);
  if (k < 0.03 || k > 0.15) return null;
  const angleFromU = Math.atan2(fy, fx) - (-40 * Math.PI) / 180;
  const isNearU = Math.abs(Math.cos(angleFromU)) > 0.995;
  const isNearV = Math.abs(Math.sin(angleFromU)) > 0.995;
  if (!isNearU && !isNearV) return null;
  const wavelength = electronWavelengthA(300);
  const defocus = isNearU ? 16000 : 13000;
  const phase =
    wavelength * defocus * k * k - 0.5 * 2.7e7 * wavelength ** 3 * k ** 4 + Math.asin(0.1) / Math.PI;
  return Math.abs(phase - Math.round(phase));
}

describe('exposure', () => {
  it('has the given contrast, with mean zero', () => {
    const image = render([0, 0]);
    const mean = image.reduce((a, b) => a + b) / image.length;
    const rms = Math.sqrt(image.reduce((sum, v) => sum + v * v, 0) / image.length);
    expect(mean).toBeCloseTo(0, 6);
    expect(rms).toBeCloseTo(0.15, 4);
  });

  it('moves its content towards larger x and y for positive shifts', () => {
    const unmovedImage = render([0, 0]);
    const movedImage = render([5, 3]);
    let largest = 0;
    for (let y = 3; y < N; y++) {
      for (let x = 5; x < N; x++) {
        largest = Math.max(largest, Math.abs(movedImage[y * N + x]! - unmovedImage[(y - 3) * N + x - 5]!));
      }
    }
    expect(largest).toBeLessThan(1e-5);
  });

  it('moves its content by fractions of a pixel, as the phases of direct Fourier sums show', () => {
    const [x, y] = shiftFromPhases(render([0, 0]), render([2.4, -1.7]));
    expect(x).toBeCloseTo(2.4, 3);
    expect(y).toBeCloseTo(-1.7, 3);
  });

  it('has no power at the zeros of the CTF and high power between them, along U and along V', () => {
    const { re, im } = exposure.spectrum;
    const sums = { zeroPower: 0, zeroCount: 0, peakPower: 0, peakCount: 0 };
    for (let i = 0; i < (N / 2) * N; i++) {
      const distance = distanceFromZero(Math.floor(i / N), i % N);
      if (distance === null) continue;
      const power = re[i]! ** 2 + im[i]! ** 2;
      if (distance < 0.05) {
        sums.zeroPower += power;
        sums.zeroCount++;
      } else if (distance > 0.45) {
        sums.peakPower += power;
        sums.peakCount++;
      }
    }
    expect(sums.zeroCount).toBeGreaterThan(50);
    expect(sums.zeroPower / sums.zeroCount).toBeLessThan(0.02 * (sums.peakPower / sums.peakCount));
  });

  it('loses high resolution with the dose and keeps low resolution', () => {
    const power = (image: Float32Array) => image.reduce((sum, v) => sum + v * v, 0);
    const unexposed = power(render([0, 0], 0));
    const exposed = power(render([0, 0], 30));
    expect(exposed / unexposed).toBeLessThan(0.3);
    expect(exposed / unexposed).toBeGreaterThan(0.001);
  });
});
