import { describe, expect, it } from 'vitest';
import { GOOD_CONFIDENCE } from '../../../src/contract/record.ts';
import { compare, fitImage } from '../../support/ctf/measure.ts';
import { type MicrographTruth, makeMicrograph, powerAt, wavelengthA } from '../../support/ctf/micrograph.ts';
import { RINGLESS_KINDS, ringlessImage } from '../../support/ctf/ringless.ts';
import { sweepTruth } from '../../support/ctf/sweep.ts';

/** Fits a micrograph with a known CTF; its generator in test/support is independent of the fit. */
const fitMicrograph = async (truth: MicrographTruth) => {
  const { ctf, cpuSeconds } = await fitImage(makeMicrograph(truth), truth.size, truth);
  return { ctf, comparison: compare('', truth, ctf, cpuSeconds) };
};

describe('the test micrographs', () => {
  it.each([
    [100, 0.037014],
    [200, 0.025079],
    [300, 0.019687],
  ])('are computed with the published wavelength at %i kV: %f A', (voltageKv, published) => {
    expect(wavelengthA(voltageKv)).toBeCloseTo(published, 5);
  });

  it('have the zeros of the closed form at a defocus of 1 um', () => {
    const simpleTruth = { ...sweepTruth(1, 1024), amplitudeContrast: 0, csMm: 0, voltageKv: 300, blurA: 0 };
    const power = powerAt({ ...simpleTruth, phaseShiftDeg: 0, defocusUA: 10_000, defocusVA: 10_000 });
    for (const n of [1, 2, 3]) {
      // sin(pi lambda D k^2) = 0; the first zero is at 14.03 A
      const zero = Math.sqrt(n / (0.019687 * 10_000));
      expect(power(zero, 0)).toBeLessThan(1e-5 * power(zero * 1.02 + 0.004, 0) + 1e-7);
    }
  });
});

describe('the fit, on micrographs with a known CTF', () => {
  it.each([3, 4, 7, 15, 32])(
    'has an error below 60 A or 0.5 %% (1024 pixels, ice or carbon): micrograph %i of the sweep',
    async (index) => {
      const { comparison } = await fitMicrograph({ ...sweepTruth(index, 1024), pixelSizeA: 1.4 });
      expect(Math.abs(comparison.meanErrorA)).toBeLessThan(Math.max(60, 0.005 * comparison.meanA));
      expect(comparison.confidence).toBeGreaterThan(GOOD_CONFIDENCE);
    },
  );

  it.each([1, 21])(
    'finds the phase shift of a phase plate to within 5 degrees: micrograph %i',
    async (index) => {
      const { comparison } = await fitMicrograph({
        ...sweepTruth(index, 1024),
        pixelSizeA: 1.4,
        strengthA2: 0.1,
      });
      expect(Math.abs(comparison.phaseErrorDeg ?? 99)).toBeLessThan(5);
      expect(Math.abs(comparison.meanErrorA)).toBeLessThan(150);
    },
  );

  it('has an error below 5 A without noise', async () => {
    const truth = { ...sweepTruth(33, 2048), doseEA2: Infinity, pixelSizeA: 1.2, voltageKv: 300 };
    expect(Math.abs((await fitMicrograph(truth)).comparison.meanErrorA)).toBeLessThan(5);
  });

  it.each([3000, 50_000])('finds a defocus of %i A in the default search range', async (meanA) => {
    const truth = { ...sweepTruth(5, 1024), pixelSizeA: 1.2, defocusUA: meanA + 100, defocusVA: meanA - 100 };
    expect(Math.abs((await fitMicrograph(truth)).comparison.meanErrorA)).toBeLessThan(0.02 * meanA);
  });

  it('does not have a good confidence in strong noise if the error is above 2 %', async () => {
    for (let i = 0; i < 3; i++) {
      const original = sweepTruth(2 * i + 3, 1024);
      const { comparison } = await fitMicrograph({
        ...original,
        strengthA2: original.strengthA2 * 0.1 * (i + 1),
      });
      if (Math.abs(comparison.meanErrorA) > 0.02 * comparison.meanA)
        expect(comparison.confidence).toBeLessThan(GOOD_CONFIDENCE);
    }
  });

  it.each(RINGLESS_KINDS)('does not have a good confidence without rings: %s', async (kind) => {
    const optics = { voltageKv: 300, csMm: 2.7, amplitudeContrast: 0.1 };
    const truth = { ...optics, pixelSizeA: 1.1, defocusUA: 0, defocusVA: 0, angleDeg: 0, phaseShiftDeg: 0 };
    const { ctf } = await fitImage(ringlessImage(kind, 1024, 1.1, 3), 1024, truth);
    expect(ctf.confidence).toBeLessThan(GOOD_CONFIDENCE);
    expect(ctf.tiltAngleDeg).toBeNull();
    expect(ctf.fadingDirectionDeg).toBeNull();
  });
});

describe('other results from the rings', () => {
  const baseTruth = { ...sweepTruth(15, 1024), pixelSizeA: 1.1, iceRing: 0, blurA: 0, strengthA2: 0.12 };

  it('include uncorrected motion and its direction, or null if there is no motion', async () => {
    const { ctf: withoutMotion } = await fitMicrograph(baseTruth);
    expect(withoutMotion.fadingDirectionDeg).toBeNull();
    const { ctf: withMotion } = await fitMicrograph({ ...baseTruth, blurA: 2.6, blurDeg: 35 });
    expect(withMotion.fadingDirectionDeg).toBeGreaterThan(25);
    expect(withMotion.fadingDirectionDeg).toBeLessThan(45);
  });

  it('include a higher ice-ring density with a ring at 3.67 A', async () => {
    const { ctf: withoutIce } = await fitMicrograph(baseTruth);
    const { ctf: withIce } = await fitMicrograph({ ...baseTruth, iceRing: 4 });
    expect(withIce.iceRingDensity ?? 0).toBeGreaterThan(2 * (withoutIce.iceRingDensity ?? Infinity));
    expect(withIce.confidence).toBeGreaterThan(GOOD_CONFIDENCE);
  });
});
