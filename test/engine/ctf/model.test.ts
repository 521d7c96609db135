import { describe, expect, it } from 'vitest';
import {
  ctfPhase,
  electronWavelengthA,
  opticsOf,
  ringPeriodPerA,
  toUva,
  writeRings,
} from '../../../src/engine/ctf/model.ts';
import { contrastTransfer, TYPICAL_TRUTH } from './simulate.ts';

describe('electron wavelength', () => {
  it.each([
    [100, 0.037014],
    [120, 0.033492],
    [200, 0.025079],
    [300, 0.019687],
  ])('at %i kV is %f A, as published', (voltageKv, wavelength) => {
    expect(electronWavelengthA(voltageKv)).toBeCloseTo(wavelength, 6);
  });
});

describe('contrast transfer', () => {
  it('has the first zeros of the closed form at a defocus of 1 um', () => {
    // Without amplitude contrast and Cs the n-th zero is at sqrt(n / (lambda defocus)).
    const optics = opticsOf(300, 0, 0);
    for (const n of [1, 2, 3]) {
      const s = n / (0.019687 * 10_000);
      expect(Math.sin(ctfPhase(optics, 10_000, s))).toBeCloseTo(0, 3);
      expect(ctfPhase(optics, 10_000, s) / Math.PI).toBeCloseTo(n, 3);
    }
    expect(1 / Math.sqrt(1 / (0.019687 * 10_000))).toBeCloseTo(14.03, 2);
  });

  it('equals the sine and cosine form of Mindell and Grigorieff, with Cs, amplitude contrast and astigmatism', () => {
    const truth = { ...TYPICAL_TRUTH, defocusUA: 21_000, defocusVA: 19_000, angleDeg: 33, csMm: 2.7 };
    const optics = opticsOf(300, 2.7, 0.1);
    for (const [kx, ky] of [
      [0.03, 0.05],
      [0.1, -0.07],
      [0.2, 0.01],
    ] as const) {
      const defocusA = 20_000 + 1000 * Math.cos(2 * (Math.atan2(ky, kx) - (33 * Math.PI) / 180));
      const transfer = -Math.sin(ctfPhase(optics, defocusA, kx * kx + ky * ky));
      expect(transfer).toBeCloseTo(contrastTransfer(truth, kx, ky), 2);
    }
  });

  it('is the same if it is computed for many frequencies at once', () => {
    const optics = opticsOf(200, 2.7, 0.1);
    const s = Float64Array.of(0.001, 0.01, 0.05);
    const rings = new Float64Array(3);
    writeRings(optics, 15_000, s, rings);
    s.forEach((v, i) => {
      expect((1 + (rings[i] as number)) / 2).toBeCloseTo(Math.sin(ctfPhase(optics, 15_000, v)) ** 2, 9);
    });
  });

  it('has a phase that increases by pi over one ring period', () => {
    const optics = opticsOf(300, 2.7, 0.1);
    const f = 0.15;
    const period = ringPeriodPerA(optics, 15_000, f);
    const phaseDifference =
      ctfPhase(optics, 15_000, (f + period / 2) ** 2) - ctfPhase(optics, 15_000, (f - period / 2) ** 2);
    expect(phaseDifference).toBeCloseTo(Math.PI, 3);
  });
});

it('toUva returns the larger defocus as U, with an angle from -90 to 90 degrees', () => {
  const halfDifference = 300;
  const angle = (2 * -70 * Math.PI) / 180;
  const defocus = toUva({
    mean: 10_000,
    cosine: halfDifference * Math.cos(angle),
    sine: halfDifference * Math.sin(angle),
  });
  expect(defocus.uA).toBeCloseTo(10_300, 6);
  expect(defocus.vA).toBeCloseTo(9700, 6);
  expect(defocus.angleDeg).toBeCloseTo(-70, 6);
});
