import { createRandom } from '../../../src/base/random.ts';
import type { CtfTruth } from '../../support/ctf/measure.ts';
import { fieldOfPower } from '../../support/ctf/micrograph.ts';

/**
 * Micrographs with a known CTF, independent of the engine: wavelength and CTF are implemented in this file,
 * and the transform in test/support. Specimen and noise are white, so that all rings are due to the CTF.
 */
export interface Truth extends Omit<CtfTruth, 'phaseShiftDeg'> {
  readonly size: number;
  /** Standard deviation of the specimen divided by that of the noise, per pixel, without the CTF. */
  readonly signal: number;
  readonly bFactorA2: number;
  /** Amplitude of an ice ring at 3.7 A, relative to the noise. */
  readonly iceRing: number;
  readonly seed: number;
}

export const TYPICAL_TRUTH: Truth = {
  size: 1024,
  pixelSizeA: 1.1,
  voltageKv: 300,
  csMm: 2.7,
  amplitudeContrast: 0.1,
  defocusUA: 15000,
  defocusVA: 15000,
  angleDeg: 0,
  signal: 0.5,
  bFactorA2: 100,
  iceRing: 0,
  seed: 1,
};

/** Textbook form, in Angstrom and volts: 12.2643 / sqrt(V + 0.97845e-6 V^2). */
function wavelengthA(voltageKv: number): number {
  const volts = voltageKv * 1000;
  return 12.2643 / Math.sqrt(volts + 0.97845e-6 * volts * volts);
}

/** Contrast transfer, -(sqrt(1-A^2) sin(chi) + A cos(chi)), the form of Mindell & Grigorieff (2003). */
export function contrastTransfer(t: Truth, kx: number, ky: number): number {
  const lambda = wavelengthA(t.voltageKv);
  const g2 = kx * kx + ky * ky;
  const alpha = (t.angleDeg / 180) * Math.PI;
  const df =
    0.5 *
    (t.defocusUA + t.defocusVA + (t.defocusUA - t.defocusVA) * Math.cos(2 * (Math.atan2(ky, kx) - alpha)));
  const chi = Math.PI * lambda * g2 * (df - 0.5 * lambda * lambda * g2 * t.csMm * 1e7);
  return -(Math.sqrt(1 - t.amplitudeContrast ** 2) * Math.sin(chi) + t.amplitudeContrast * Math.cos(chi));
}

/** @returns size*size, row-major; y increases with the row index */
export function simulateMicrograph(t: Truth): Float32Array {
  // A power density equal to the pixel's area is white noise of variance 1.
  const pixelArea = t.pixelSizeA ** 2;
  const field = fieldOfPower(t.size, t.pixelSizeA, t.seed, (kx, ky) => {
    const k = Math.hypot(kx, ky);
    const ice = (t.iceRing / t.signal) * Math.exp(-(((k - 1 / 3.7) / 0.006) ** 2));
    const factor = contrastTransfer(t, kx, ky) * Math.exp((-t.bFactorA2 * k * k) / 4) + ice;
    return pixelArea * (1 + (t.signal * factor) ** 2);
  });
  return field.map((v) => 40 + 4 * v);
}

export function noiseImage(size: number, seed: number): Float32Array {
  const random = createRandom(seed).gaussian;
  return Float32Array.from({ length: size * size }, () => 100 + 10 * random());
}
