import { describe, expect, it } from 'vitest';
import { DEFAULT_CTF_SEARCH } from '../../../src/contract/recipe.ts';
import { GOOD_CONFIDENCE } from '../../../src/contract/record.ts';
import { estimateCtf } from '../../../src/engine/ctf/estimate.ts';
import { HARD_KINDS, hardMicrograph } from '../../support/ctf/hard.ts';
import { compare, fitImage } from '../../support/ctf/measure.ts';
import { type MicrographTruth, makeMicrograph } from '../../support/ctf/micrograph.ts';
import { sweepTruth } from '../../support/ctf/sweep.ts';

const SIZE = 1024;
const commonTruth = { pixelSizeA: 1.2, voltageKv: 300, iceRing: 0, phaseShiftDeg: 0 };
const ice = { ...sweepTruth(6, SIZE), ...commonTruth };
const carbon = { ...sweepTruth(15, SIZE), ...commonTruth };

const comparisonOf = async (truth: MicrographTruth, image: Float32Array) => {
  const { ctf, cpuSeconds } = await fitImage(image, truth.size, truth);
  return compare('', truth, ctf, cpuSeconds);
};
const isAccurate = (comparison: { meanErrorA: number; meanA: number }) =>
  Math.abs(comparison.meanErrorA) <= 0.02 * comparison.meanA;

describe('micrographs with additional features', () => {
  it.each(HARD_KINDS)('are fitted to within 2 %% on carbon: %s', async (kind) => {
    const comparison = await comparisonOf(carbon, hardMicrograph(kind, carbon));
    expect(isAccurate(comparison), `off by ${comparison.meanErrorA} A`).toBe(true);
    expect(comparison.confidence).toBeGreaterThan(GOOD_CONFIDENCE);
  });

  it.each(HARD_KINDS)(
    'do not have a good confidence in thin ice if the error is above 2 %%: %s',
    async (kind) => {
      const comparison = await comparisonOf(ice, hardMicrograph(kind, ice));
      expect(
        isAccurate(comparison) || comparison.confidence < GOOD_CONFIDENCE,
        JSON.stringify(comparison),
      ).toBe(true);
    },
  );

  it.each([1000, 2500, 70_000, 100_000])(
    'do not get a wrong fit with a good confidence if the defocus is outside the search range: %i A',
    async (meanA) => {
      const truth = { ...carbon, defocusUA: meanA + 150, defocusVA: meanA - 150 };
      const comparison = await comparisonOf(truth, makeMicrograph(truth));
      expect(
        isAccurate(comparison) || comparison.confidence < GOOD_CONFIDENCE,
        JSON.stringify(comparison),
      ).toBe(true);
    },
  );
});

describe('a fit to faint rings', () => {
  const search = { ...DEFAULT_CTF_SEARCH };
  const requestOf = (truth: MicrographTruth) => ({
    image: makeMicrograph(truth),
    width: truth.size,
    height: truth.size,
    pixelSizeA: truth.pixelSizeA,
    voltageKv: 300,
    csMm: 2.7,
    amplitudeContrast: truth.amplitudeContrast,
    search,
  });

  it('has a low confidence, with the reason in its findings', async () => {
    const faintTruth = { ...ice, strengthA2: ice.strengthA2 * 0.02 };
    const { ctf, findings } = await estimateCtf(requestOf(faintTruth));
    expect(ctf.confidence).toBeLessThan(GOOD_CONFIDENCE);
    const weaknesses = ['faint', 'not-repeated', 'few-rings', 'ambiguous', 'inaccurate'];
    expect(findings).toContainEqual({
      kind: expect.toBeOneOf(['no-rings', 'uncertain']),
      weakness: expect.objectContaining({ kind: expect.toBeOneOf(weaknesses) }),
    });
  });

  it('restrains the astigmatism towards the expected value', async () => {
    const faintTruth = { ...ice, strengthA2: ice.strengthA2 * 0.3, defocusUA: 15_000, defocusVA: 15_000 };
    const request = requestOf(faintTruth);
    const unrestrained = await estimateCtf(request);
    const restrained = await estimateCtf({ ...request, search: { ...search, expectedAstigmatismA: 50 } });
    expect(restrained.ctf.astigmatismA).toBeLessThan(0.7 * unrestrained.ctf.astigmatismA);
    expect(restrained.ctf.astigmatismA).toBeLessThan(120);
  });
});

describe('a fit at a low defocus with a strong astigmatism', () => {
  // Below the first maximum, background and ring height can be separated only because both fall smoothly.
  it.each([2, 84])('is accurate to 1.5 %% (2048 pixels, ice): micrograph %i of the sweep', async (index) => {
    const truth = { ...sweepTruth(index, 2048), pixelSizeA: 1 };
    const comparison = await comparisonOf(truth, makeMicrograph(truth));
    expect(Math.abs(comparison.meanErrorA)).toBeLessThan(0.015 * comparison.meanA);
    expect(comparison.confidence).toBeGreaterThan(GOOD_CONFIDENCE);
  });
});
