import { describe, expect, it } from 'vitest';
import { GOOD_CONFIDENCE } from '../../../src/contract/record.ts';
import { compare, fitImage } from '../../support/ctf/measure.ts';
import { type MicrographTruth, makeMicrograph, powerAt, wavelengthA } from '../../support/ctf/micrograph.ts';
import { RINGLESS_KINDS, ringlessImage } from '../../support/ctf/ringless.ts';
import { sweepTruth } from '../../support/ctf/sweep.ts';

/** Micrographs of bench/ctf, whose generator is independent of the fit; a small part of its sweep. */
const fitted = async (truth: MicrographTruth) => {
  const { ctf, cpuSeconds } = await fitImage(makeMicrograph(truth), truth.size, truth);
  return { ctf, row: compare('', truth, ctf, cpuSeconds) };
};

describe('the test micrographs', () => {
  it.each([
    [100, 0.037014],
    [200, 0.025079],
    [300, 0.019687],
  ])('have the published wavelength at %i kV: %f A', (voltageKv, published) => {
    expect(wavelengthA(voltageKv)).toBeCloseTo(published, 5);
  });

  it('have the zeros of 1 um at the frequencies of the closed form', () => {
    const plain = { ...sweepTruth(1, 1024), amplitudeContrast: 0, csMm: 0, voltageKv: 300, blurA: 0 };
    const power = powerAt({ ...plain, phaseShiftDeg: 0, defocusUA: 10_000, defocusVA: 10_000 });
    for (const n of [1, 2, 3]) {
      // sin(pi lambda D k^2) = 0: the first at 14.03 A
      const zero = Math.sqrt(n / (0.019687 * 10_000));
      expect(power(zero, 0)).toBeLessThan(1e-5 * power(zero * 1.02 + 0.004, 0) + 1e-7);
    }
  });
});

describe('the fit, on micrographs with a known CTF', () => {
  it.each([3, 4, 7, 15, 32])(
    'is within 60 A (1024 pixels, ice or carbon): micrograph %i of the sweep',
    async (index) => {
      const { row } = await fitted({ ...sweepTruth(index, 1024), pixelSizeA: 1.4 });
      expect(Math.abs(row.meanErrorA)).toBeLessThan(Math.max(60, 0.005 * row.meanA));
      expect(row.confidence).toBeGreaterThan(GOOD_CONFIDENCE);
    },
  );

  it.each([1, 21])('finds the phase shift of a plate within 5 degrees: micrograph %i', async (index) => {
    const { row } = await fitted({ ...sweepTruth(index, 1024), pixelSizeA: 1.4, strengthA2: 0.1 });
    expect(Math.abs(row.phaseErrorDeg ?? 99)).toBeLessThan(5);
    expect(Math.abs(row.meanErrorA)).toBeLessThan(150);
  });

  it('is within 5 A without noise', async () => {
    const truth = { ...sweepTruth(33, 2048), doseEA2: Infinity, pixelSizeA: 1.2, voltageKv: 300 };
    expect(Math.abs((await fitted(truth)).row.meanErrorA)).toBeLessThan(5);
  });

  it.each([3000, 50_000])('finds %i A without a hint', async (meanA) => {
    const truth = { ...sweepTruth(5, 1024), pixelSizeA: 1.2, defocusUA: meanA + 100, defocusVA: meanA - 100 };
    expect(Math.abs((await fitted(truth)).row.meanErrorA)).toBeLessThan(0.02 * meanA);
  });

  it('never calls a fit good with an error above 2 % in strong noise', async () => {
    for (let i = 0; i < 3; i++) {
      const usual = sweepTruth(2 * i + 3, 1024);
      const { row } = await fitted({ ...usual, strengthA2: usual.strengthA2 * 0.1 * (i + 1) });
      if (Math.abs(row.meanErrorA) > 0.02 * row.meanA) expect(row.confidence).toBeLessThan(GOOD_CONFIDENCE);
    }
  });

  it.each(RINGLESS_KINDS)('calls no fit good without rings: %s', async (kind) => {
    const optics = { voltageKv: 300, csMm: 2.7, amplitudeContrast: 0.1 };
    const known = { ...optics, pixelSizeA: 1.1, defocusUA: 0, defocusVA: 0, angleDeg: 0, phaseShiftDeg: 0 };
    const { ctf } = await fitImage(ringlessImage(kind, 1024, 1.1, 3), 1024, known);
    expect(ctf.confidence).toBeLessThan(GOOD_CONFIDENCE);
    expect(ctf.tiltAngleDeg).toBeNull();
    expect(ctf.fadingDirectionDeg).toBeNull();
  });
});

describe('other results from the rings', () => {
  const film = { ...sweepTruth(15, 1024), pixelSizeA: 1.1, iceRing: 0, blurA: 0, strengthA2: 0.12 };

  it('report uncorrected motion and its direction, and none if there was none', async () => {
    const { ctf: still } = await fitted(film);
    expect(still.fadingDirectionDeg).toBeNull();
    const { ctf: moved } = await fitted({ ...film, blurA: 2.6, blurDeg: 35 });
    expect(moved.fadingDirectionDeg).toBeGreaterThan(25);
    expect(moved.fadingDirectionDeg).toBeLessThan(45);
  });

  it('give a higher ice-ring density with a ring at 3.67 A', async () => {
    const { ctf: clean } = await fitted(film);
    const { ctf: withIce } = await fitted({ ...film, iceRing: 4 });
    expect(withIce.iceRingDensity ?? 0).toBeGreaterThan(2 * (clean.iceRingDensity ?? Infinity));
    expect(withIce.confidence).toBeGreaterThan(GOOD_CONFIDENCE);
  });
});
