import { describe, expect, it } from 'vitest';
import {
  createTransfer,
  doseAttenuation,
  electronWavelengthA,
  type Optics,
} from '../../src/simulator/optics.ts';

const OPTICS: Optics = {
  voltageKv: 300,
  csMm: 2.7,
  amplitudeContrast: 0.1,
  phaseShiftDeg: 0,
  defocusUA: 12000,
  defocusVA: 10000,
  defocusAngleDeg: 30,
  envelopeBA2: 0,
};

/** Frequencies of the zeros: the phase pi l D k^2 - pi/2 Cs l^3 k^4 + asin A equals n pi, solved for k^2. */
function zeros(optics: Optics, defocusA: number, count: number): number[] {
  const l = electronWavelengthA(optics.voltageKv);
  const cs = optics.csMm * 1e7;
  return Array.from({ length: count }, (_, i) => {
    const phase = i + 1 - Math.asin(optics.amplitudeContrast) / Math.PI;
    return Math.sqrt((defocusA - Math.sqrt(defocusA ** 2 - 2 * cs * l * phase)) / (cs * l * l));
  });
}

describe('optics', () => {
  it.each([
    [100, 0.0370144],
    [200, 0.0250793],
    [300, 0.0196875],
  ])('has the published wavelength at %i kV', (kv, expected) => {
    expect(electronWavelengthA(kv)).toBeCloseTo(expected, 6);
  });

  it('has zeros along U at the frequencies for defocus U, and along V at those for defocus V', () => {
    const transfer = createTransfer(OPTICS);
    for (const [degrees, defocus] of [
      [30, 12000],
      [120, 10000],
    ] as const) {
      const angle = (degrees * Math.PI) / 180;
      for (const k of zeros(OPTICS, defocus, 12)) {
        expect(transfer(k * Math.cos(angle), k * Math.sin(angle))).toBeCloseTo(0, 9);
      }
    }
  });

  it('shows dense objects as dark at underfocus', () => {
    expect(createTransfer(OPTICS)(0.01, 0)).toBeLessThan(0);
  });

  it('is attenuated by dose with the critical exposure of Grant and Grigorieff', () => {
    // At 10 A and 300 kV: Ne = 0.245 * 10^1.665 + 2.81 = 14.139 e/A^2
    expect(doseAttenuation(0.1, 14.139, 300)).toBeCloseTo(Math.exp(-0.5), 4);
    expect(doseAttenuation(0.1, 0.8 * 14.139, 200)).toBeCloseTo(Math.exp(-0.5), 4);
    expect(doseAttenuation(0, 100, 300)).toBe(1);
  });
});
