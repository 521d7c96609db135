import { describe, expect, it } from 'vitest';
import { DEFAULT_CTF_SEARCH } from '../../../src/contract/recipe.ts';
import { ctfSchema } from '../../../src/contract/record.ts';
import { estimateCtf } from '../../../src/engine/ctf/estimate.ts';
import { noiseImage, simulateMicrograph, type Truth, TYPICAL_TRUTH } from './simulate.ts';

function estimate(t: Truth, image: Float32Array, changes: { width?: number; signal?: AbortSignal } = {}) {
  const width = changes.width ?? t.size;
  return estimateCtf({
    image,
    width,
    height: image.length / width,
    pixelSizeA: t.pixelSizeA,
    voltageKv: t.voltageKv,
    csMm: t.csMm,
    amplitudeContrast: t.amplitudeContrast,
    search: DEFAULT_CTF_SEARCH,
    ...(changes.signal ? { signal: changes.signal } : {}),
  });
}

/** Angle between two axes, 0..90 degrees. */
function angleDifferenceDeg(a: number, b: number): number {
  const d = (((a - b) % 180) + 180) % 180;
  return Math.min(d, 180 - d);
}

const meanError = (fit: { defocusUA: number; defocusVA: number }, t: Truth) =>
  Math.abs(fit.defocusUA + fit.defocusVA - t.defocusUA - t.defocusVA) / 2;

describe('estimateCtf on micrographs with rings', () => {
  const cases: [string, Partial<Truth>][] = [
    ['0.5 um', { defocusUA: 5000, defocusVA: 5000 }],
    ['0.6 um with an astigmatism of 400 A', { defocusUA: 6200, defocusVA: 5800, angleDeg: 20 }],
    ['1 um with an astigmatism of 1500 A', { defocusUA: 10_750, defocusVA: 9250, angleDeg: -35 }],
    ['3.5 um with an astigmatism of 1000 A', { defocusUA: 35_500, defocusVA: 34_500, angleDeg: 60 }],
    ['100 kV, Cs 4', { voltageKv: 100, csMm: 4, defocusUA: 12_400, defocusVA: 11_600, angleDeg: -10 }],
    ['no Cs, no amplitude contrast', { csMm: 0, amplitudeContrast: 0, defocusUA: 14_400, defocusVA: 13_600 }],
    ['0.6 A pixels', { pixelSizeA: 0.6, defocusUA: 12_300, defocusVA: 11_700, angleDeg: 10 }],
    ['5 A pixels', { pixelSizeA: 5, defocusUA: 30_400, defocusVA: 29_600, angleDeg: -45, bFactorA2: 500 }],
    ['3 A pixels', { pixelSizeA: 3, defocusUA: 30_400, defocusVA: 29_600, angleDeg: 30, bFactorA2: 300 }],
  ];

  it.each(cases)(
    'finds the defocus to within 1 %% and the angle to within 10 degrees: %s',
    async (_, changes) => {
      const truth = { ...TYPICAL_TRUTH, signal: 2, seed: 11, ...changes };
      const { ctf, findings } = await estimate(truth, simulateMicrograph(truth));
      const astigmatism = truth.defocusUA - truth.defocusVA;
      expect(meanError(ctf, truth)).toBeLessThan(0.01 * truth.defocusVA);
      expect(Math.abs(ctf.astigmatismA - astigmatism)).toBeLessThan(100);
      if (astigmatism > 0)
        expect(angleDifferenceDeg(ctf.astigmatismAngleDeg, truth.angleDeg)).toBeLessThan(10);
      expect(ctf.confidence).toBeGreaterThan(0.9);
      expect(ctf.fitResolutionA).toBeLessThan(Math.max(6, 3 * truth.pixelSizeA));
      expect(findings).toEqual([]);
    },
  );

  it('accepts non-square images, hot pixels and NaN pixels', async () => {
    const truth = { ...TYPICAL_TRUTH, signal: 2, defocusUA: 15_300, defocusVA: 14_700, angleDeg: 40 };
    const image = simulateMicrograph(truth).slice(0, 1024 * 700);
    for (let i = 0; i < 50; i++) image[(i * 7919 * 31) % image.length] = i % 5 === 0 ? Number.NaN : 1e6;
    const { ctf } = await estimate(truth, image, { width: 1024 });
    expect(meanError(ctf, truth)).toBeLessThan(150);
  });

  it('returns a short profile of finite numbers that matches the schema of the record', async () => {
    const truth = { ...TYPICAL_TRUTH, signal: 2 };
    const { ctf, diagnostic } = await estimate(truth, simulateMicrograph(truth));
    expect(ctfSchema.parse(JSON.parse(JSON.stringify(ctf)))).toEqual(ctf);
    const { frequencyPerA, data, model, cc } = ctf.profile;
    expect(frequencyPerA.length).toBeLessThanOrEqual(512);
    for (const values of [data, model, cc]) {
      expect(values.length).toBe(frequencyPerA.length);
      expect(values.every(Number.isFinite)).toBe(true);
    }
    expect(diagnostic.data.length).toBe(diagnostic.size ** 2);
    expect(diagnostic.data.every(Number.isFinite)).toBe(true);
  });

  it('has a lower fit resolution if the rings fade faster', async () => {
    const resolutionWith = async (bFactorA2: number) => {
      const truth = { ...TYPICAL_TRUTH, signal: 2, bFactorA2 };
      return (await estimate(truth, simulateMicrograph(truth))).ctf.fitResolutionA;
    };
    const [sharp, faded] = [await resolutionWith(50), await resolutionWith(500)];
    expect(faded).toBeGreaterThan(sharp + 1);
  });
});

describe('estimateCtf on images without rings', () => {
  it.each([1])('has a confidence near 0 for noise, seed %i', async (seed) => {
    const { ctf, findings } = await estimate(TYPICAL_TRUTH, noiseImage(768, seed), { width: 768 });
    expect(ctf.confidence).toBeLessThan(0.1);
    expect(ctf.fitResolutionA).toBeGreaterThan(20);
    expect(findings).toMatchObject([{ kind: 'no-rings' }]);
  });

  it('has a confidence near 0 for smooth noise with a dark corner', async () => {
    const noise = noiseImage(1024, 9);
    const smoothNoise = noise.map((_, i) => {
      const neighbours = [i, i + 1, i + 2, i + 1024, i + 1025, i + 1026, i + 2048, i + 2049, i + 2050];
      const corner = Math.hypot(i % 1024, i / 1024) < 400 ? -60 : 0;
      return neighbours.reduce((sum, j) => sum + (noise[j % noise.length] as number) / 9, corner);
    });
    expect((await estimate(TYPICAL_TRUTH, smoothNoise)).ctf.confidence).toBeLessThan(0.1);
  });

  it('fails for an image that is constant, all NaN or too small', async () => {
    const ctfFailure = expect.objectContaining({ code: 'CTF_FAILED' });
    await expect(
      estimate(TYPICAL_TRUTH, new Float32Array(512 * 512).fill(3), { width: 512 }),
    ).rejects.toEqual(ctfFailure);
    await expect(
      estimate(TYPICAL_TRUTH, new Float32Array(512 * 512).fill(Number.NaN), { width: 512 }),
    ).rejects.toEqual(ctfFailure);
    await expect(estimate(TYPICAL_TRUTH, noiseImage(64, 1), { width: 64 })).rejects.toEqual(ctfFailure);
  });

  it('stops when it is aborted', async () => {
    const signal = AbortSignal.abort();
    await expect(estimate(TYPICAL_TRUTH, noiseImage(512, 1), { width: 512, signal })).rejects.toThrow(
      'abort',
    );
  });
});

describe('ice-ring score', () => {
  it('is near zero without ice, and grows with a ring at 3.7 A', async () => {
    const truth = { ...TYPICAL_TRUTH, signal: 1 };
    const withoutIce = await estimate(truth, simulateMicrograph(truth));
    const withIce = await estimate(truth, simulateMicrograph({ ...truth, iceRing: 2 }));
    expect(withoutIce.ctf.iceRingScore).toBeLessThan(0.05);
    expect(withIce.ctf.iceRingScore).toBeGreaterThan(0.3);
    expect(meanError(withIce.ctf, truth)).toBeLessThan(100);
  });

  it('is null if the Nyquist frequency is not above the ice-ring band', async () => {
    const truth = { ...TYPICAL_TRUTH, pixelSizeA: 2 };
    expect((await estimate(truth, noiseImage(512, 3), { width: 512 })).ctf.iceRingScore).toBeNull();
  });
});
