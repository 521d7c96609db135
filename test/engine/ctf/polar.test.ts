import { describe, expect, it } from 'vitest';
import { fitResolutionA } from '../../../src/engine/ctf/fit-resolution.ts';
import { polarRange, polarSpectrum, sectorAngle } from '../../../src/engine/ctf/polar.ts';

const SIZE = 256;
const COLUMNS = SIZE / 2 + 1;

/** Half plane kx >= 0 of a power spectrum whose values are `power(kx, ky)`, frequencies in Fourier pixels. */
function spectrumOf(power: (kx: number, ky: number) => number) {
  const values = Float32Array.from({ length: SIZE * COLUMNS }, (_, i) => {
    const row = Math.floor(i / COLUMNS);
    return power(i % COLUMNS, row < SIZE / 2 ? row : row - SIZE);
  });
  return { size: SIZE, power: values, stepPerA: 1 / SIZE, tiles: 1 };
}

describe('the polar spectrum', () => {
  it('preserves a function of the direction, measured from x towards y', () => {
    const polar = polarSpectrum(
      spectrumOf((kx, ky) => 2 + Math.cos(2 * (Math.atan2(ky, kx) - 0.5))),
      0.1,
      0.4,
    );
    for (let j = 0; j < polar.sectors; j++) {
      const expected = Math.sqrt(2 + Math.cos(2 * (sectorAngle(j) - 0.5)));
      expect(polar.amplitude[j * polar.bins + 60]).toBeCloseTo(expected, 1);
    }
  });

  it('preserves a function of the frequency', () => {
    const polar = polarSpectrum(
      spectrumOf((kx, ky) => Math.hypot(kx, ky)),
      0.1,
      0.4,
    );
    polar.ringAmplitude.slice(1, -1).forEach((a, i) => {
      expect(a * a * polar.stepPerA).toBeCloseTo(polar.frequency[i + 1] as number, 3);
    });
  });

  it('limits the peaks from a crystal', () => {
    const spectrumWithPeak = spectrumOf((kx, ky) => (kx === 40 && ky === 30 ? 1e5 : 1));
    const polar = polarSpectrum(spectrumWithPeak, 0.1, 0.4);
    expect(Math.max(...polar.amplitude)).toBeLessThan(15);
    expect(Math.max(...polar.ringAmplitude)).toBeLessThan(2);
  });

  it('can be restricted to a frequency range', () => {
    const polar = polarSpectrum(
      spectrumOf((kx, ky) => kx * kx + ky * ky),
      0.05,
      0.4,
    );
    const range = polarRange(polar, 0.1, 0.2);
    expect(range.frequency[0]).toBeGreaterThanOrEqual(0.1);
    expect(range.frequency[range.bins - 1]).toBeLessThanOrEqual(0.2);
    const shift = range.firstBin - polar.firstBin;
    expect(range.amplitude[7 * range.bins + 3]).toBe(polar.amplitude[7 * polar.bins + 3 + shift]);
  });
});

describe('the fit resolution', () => {
  const frequency = Float64Array.from({ length: 100 }, (_, i) => 0.03 + i * 0.003);
  const halfWidth = new Int32Array(100).fill(6);

  it('corresponds to the frequency at which the correlation finally falls below 0.3', () => {
    const cc = frequency.map((_, i) => (i <= 60 ? 0.9 : 0));
    expect(fitResolutionA(frequency, cc, halfWidth)).toBeCloseTo(1 / (0.03 + 60 * 0.003), 6);
  });

  it('is not limited by a dip shorter than half a window', () => {
    const cc = frequency.map((_, i) => (i <= 60 && (i < 30 || i > 34) ? 0.9 : 0));
    expect(fitResolutionA(frequency, cc, halfWidth)).toBeCloseTo(1 / (0.03 + 60 * 0.003), 6);
  });

  it('ignores accidental agreement at higher frequencies', () => {
    const cc = frequency.map((_, i) => (i <= 60 || (i > 80 && i < 84) ? 0.9 : 0));
    expect(fitResolutionA(frequency, cc, halfWidth)).toBeCloseTo(1 / (0.03 + 60 * 0.003), 6);
  });
});
