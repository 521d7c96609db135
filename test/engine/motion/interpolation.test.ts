import { describe, expect, it } from 'vitest';
import { shiftFilter, TAPS } from '../../../src/engine/motion/interpolation.ts';

/** Amplitude of a filter at a frequency (fraction of Nyquist), relative to an exact shift: 1 is ideal. */
function responseAt(filter: Float64Array, fraction: number, frequency: number): number {
  return filter.reduce(
    (sum, tap, k) => sum + tap * Math.cos(Math.PI * frequency * (k - filter.length / 2 + 1 - fraction)),
    0,
  );
}

describe('shiftFilter', () => {
  const fractions = Array.from({ length: 33 }, (_, i) => i / 32);

  it('preserves a constant, and every image for a shift of zero', () => {
    for (const fraction of fractions) {
      expect(shiftFilter(TAPS, fraction).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
    }
    expect(Array.from(shiftFilter(TAPS, 0), (v) => Math.round(v * 1e6) / 1e6 + 0)).toEqual([
      0, 0, 0, 1, 0, 0, 0, 0,
    ]);
  });

  it('has a power response of 0.97 to 1.06 up to 3/4 of Nyquist, averaged over fractions of a pixel', () => {
    for (const frequency of [0.1, 0.25, 0.4, 0.5, 0.6, 0.7, 0.75]) {
      const responses = fractions.map((fraction) =>
        responseAt(shiftFilter(TAPS, fraction), fraction, frequency),
      );
      const power = (responses.reduce((a, b) => a + b, 0) / responses.length) ** 2;
      expect(power).toBeGreaterThan(0.97);
      expect(power).toBeLessThan(1.06);
    }
  });
});
