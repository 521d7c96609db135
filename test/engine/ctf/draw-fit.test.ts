import { describe, expect, it } from 'vitest';
import { DEFAULT_CTF_SEARCH } from '../../../src/contract/recipe.ts';
import { drawFit } from '../../../src/engine/ctf/draw-fit.ts';
import { estimateCtf } from '../../../src/engine/ctf/estimate.ts';
import { simulateMicrograph, TYPICAL_TRUTH } from './simulate.ts';

const TRUTH = { ...TYPICAL_TRUTH, signal: 2, defocusUA: 15_300, defocusVA: 14_700, angleDeg: 40 };
const requestOf = (image: Float32Array) => ({
  image,
  width: TRUTH.size,
  height: TRUTH.size,
  pixelSizeA: TRUTH.pixelSizeA,
  voltageKv: TRUTH.voltageKv,
  csMm: TRUTH.csMm,
  amplitudeContrast: TRUTH.amplitudeContrast,
  search: DEFAULT_CTF_SEARCH,
});
const REQUEST = requestOf(simulateMicrograph(TRUTH));
const FIT = { phaseShiftDeg: 0, astigmatismAngleDeg: 40, fitResolutionA: 4 };

describe('a fit by another program, of which only the numbers are known', () => {
  it('is drawn like the built-in fit if the numbers are the same', async () => {
    const { ctf, diagnostic } = await estimateCtf(REQUEST);
    const drawing = drawFit(REQUEST, ctf);
    expect(drawing.diagnostic.edgeFrequencyPerA).toBeCloseTo(diagnostic.edgeFrequencyPerA, 4);
    const { data } = diagnostic;
    const difference = drawing.diagnostic.data.reduce((sum, v, i) => sum + Math.abs(v - data[i]!), 0);
    expect(difference / data.length).toBeLessThan(0.01);
    drawing.curves.cc.forEach((value, i) => {
      expect(value).toBeCloseTo(ctf.profile.cc[i]!, 1);
    });
  });

  it('has a low correlation if the numbers are wrong', () => {
    const mean = ({ cc }: { cc: readonly number[] }) => cc.reduce((a, b) => a + b, 0) / cc.length;
    const correctDrawing = drawFit(REQUEST, { ...FIT, defocusUA: 15_300, defocusVA: 14_700 });
    const wrongDrawing = drawFit(REQUEST, { ...FIT, defocusUA: 23_300, defocusVA: 22_700 });
    expect(mean(wrongDrawing.curves)).toBeLessThan(mean(correctDrawing.curves) - 0.3);
  });

  it.each([1, -8000, 1e6, 1e9])('is drawn with finite numbers at a defocus of %d A', (defocus) => {
    const fit = { ...FIT, defocusUA: defocus, defocusVA: defocus };
    const { curves, diagnostic } = drawFit(REQUEST, fit);
    const numbers = [...Object.values(curves).flat(), ...diagnostic.data];
    expect(numbers.every(Number.isFinite)).toBe(true);
  });

  it('cannot be drawn for a constant image', () => {
    const constant = requestOf(new Float32Array(TRUTH.size ** 2));
    const fit = { ...FIT, defocusUA: 15_300, defocusVA: 14_700 };
    expect(() => drawFit(constant, fit)).toThrow(expect.objectContaining({ code: 'CTF_FAILED' }));
  });
});
