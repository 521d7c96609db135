import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/base/random.ts';
import { createLineFft, fftLength } from '../../src/simulator/line-fft.ts';

function directTransform(re: Float64Array, im: Float64Array): [number, number][] {
  return Array.from({ length: re.length }, (_, k) => {
    let sumRe = 0;
    let sumIm = 0;
    for (let j = 0; j < re.length; j++) {
      const angle = (-2 * Math.PI * ((j * k) % re.length)) / re.length;
      sumRe += re[j]! * Math.cos(angle) - im[j]! * Math.sin(angle);
      sumIm += re[j]! * Math.sin(angle) + im[j]! * Math.cos(angle);
    }
    return [sumRe, sumIm];
  });
}

describe('line FFT', () => {
  it.each([2, 3, 4, 8, 16, 18, 24, 48, 144, 1152])('equals the defining sum for length %i', (length) => {
    const random = createRandom(length);
    const re = Float64Array.from({ length }, random.gaussian);
    const im = Float64Array.from({ length }, random.gaussian);
    const expected = directTransform(re, im);
    createLineFft(length).transform(re, im);
    for (let k = 0; k < length; k++) {
      expect(re[k]).toBeCloseTo(expected[k]![0], 9);
      expect(im[k]).toBeCloseTo(expected[k]![1], 9);
    }
  });

  it('refuses a length with a prime factor other than 2 and 3', () => {
    expect(() => createLineFft(20)).toThrow(RangeError);
  });

  it('chooses the smallest length of the form 2^a, 3*2^a or 9*2^a, with a >= 4', () => {
    expect([10, 17, 33, 65, 1040, 1153, 4112].map(fftLength)).toEqual([16, 32, 48, 96, 1152, 1536, 4608]);
  });
});
