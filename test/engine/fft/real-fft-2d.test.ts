import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/base/random.ts';
import { createRealFft2d, type HalfSpectrum } from '../../../src/engine/fft/real-fft-2d.ts';

function randomImage(width: number, height: number, seed: number): Float32Array {
  const { uniform } = createRandom(seed);
  return Float32Array.from({ length: width * height }, () => uniform() - 0.5);
}

/** One coefficient, computed in f64 from the definition of the transform. */
function directCoefficient(
  image: Float32Array,
  width: number,
  height: number,
  kx: number,
  ky: number,
): [number, number] {
  let re = 0;
  let im = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const a = -2 * Math.PI * (((kx * x) % width) / width + ((ky * y) % height) / height);
      const value = image[y * width + x]!;
      re += value * Math.cos(a);
      im += value * Math.sin(a);
    }
  }
  return [re, im];
}

function maxErrorAgainstDirect(width: number, height: number): number {
  const image = randomImage(width, height, width * 31 + height);
  const spectrum = createRealFft2d(width, height).forward(image);
  let maxError = 0;
  const columns = [0, 1, width / 4, width / 2 - 1, width / 2, Math.floor(width / 3)];
  const rows = new Set([0, 1, height >> 1, height - 1, Math.floor(height / 3)].map((k) => k % height));
  for (const ky of rows) {
    for (const kx of columns) {
      const [re, im] = directCoefficient(image, width, height, kx, ky);
      const i = ky * spectrum.columns + kx;
      maxError = Math.max(maxError, Math.abs(spectrum.re[i]! - re), Math.abs(spectrum.im[i]! - im));
    }
  }
  return maxError / Math.sqrt(width * height);
}

describe('2D real FFT', () => {
  it.each([
    [96, 35],
    [64, 64],
    [160, 22],
  ])('of %ix%i does not affect the next transform', (width, height) => {
    const image = randomImage(width, height, 3);
    const newFft = createRealFft2d(width, height);
    const usedFft = createRealFft2d(width, height);
    usedFft.inverse(usedFft.forward(new Float32Array(width * height).fill(Number.NaN)));
    const spectrum = usedFft.forward(image);
    expect(spectrum).toEqual(newFft.forward(image));
    expect(usedFft.inverse(spectrum)).toEqual(newFft.inverse(spectrum));
  });

  const rowLengths = [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 480, 512, 800];
  it.each(rowLengths)('agrees with the definition for rows of %i', (width) => {
    expect(maxErrorAgainstDirect(width, 12)).toBeLessThan(1e-5);
  });

  const columnLengths = [
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 16, 17, 25, 30, 31, 32, 49, 64, 81, 93, 100, 128,
  ];
  it.each(columnLengths)('agrees with the definition for columns of %i', (height) => {
    expect(maxErrorAgainstDirect(64, height)).toBeLessThan(1e-5);
  });

  it('transforms a wave into a single coefficient', () => {
    const [width, height, kx, ky] = [96, 40, 7, 33];
    const image = Float32Array.from({ length: width * height }, (_, i) =>
      Math.cos(2 * Math.PI * ((kx * (i % width)) / width + (ky * Math.floor(i / width)) / height) + 0.7),
    );
    const { re, im, columns } = createRealFft2d(width, height).forward(image);
    const half = (width * height) / 2;
    expect(re[ky * columns + kx]! / half).toBeCloseTo(Math.cos(0.7), 5);
    expect(im[ky * columns + kx]! / half).toBeCloseTo(Math.sin(0.7), 5);
    const otherEnergy = re.reduce(
      (sum, v, i) => sum + (i === ky * columns + kx ? 0 : v * v + im[i]! ** 2),
      0,
    );
    expect(Math.sqrt(otherEnergy) / half).toBeLessThan(1e-4);
  });

  it('preserves the energy of any image (Parseval) and is inverted exactly', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 140 }),
        fc.integer(),
        (blocks, height, seed) => {
          const width = 32 * blocks;
          const image = randomImage(width, height, seed);
          const fft = createRealFft2d(width, height);
          const spectrum = fft.forward(image);
          const energy = image.reduce((sum, v) => sum + v * v, 0);
          expect(spectrumEnergy(spectrum, width) / (width * height) / energy).toBeCloseTo(1, 4);
          const restored = fft.inverse(spectrum);
          let maxError = 0;
          for (let i = 0; i < image.length; i++)
            maxError = Math.max(maxError, Math.abs(restored[i]! - image[i]!));
          expect(maxError).toBeLessThan(5e-6);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('refuses a width that is not a multiple of 32, and recommends fastSize', () => {
    expect(() => createRealFft2d(100, 100)).toThrow(/fastSize\(100, 100\)/);
  });

  it('refuses an image of another size', () => {
    expect(() => createRealFft2d(64, 64).forward(new Float32Array(63))).toThrow(/63 values, expected 4096/);
  });
});

/** Sum of |F|^2 over the whole spectrum: all columns except the first and the last count twice. */
function spectrumEnergy(spectrum: HalfSpectrum, width: number): number {
  let energy = 0;
  for (let i = 0; i < spectrum.re.length; i++) {
    const kx = i % spectrum.columns;
    energy += (kx === 0 || kx === width / 2 ? 1 : 2) * (spectrum.re[i]! ** 2 + spectrum.im[i]! ** 2);
  }
  return energy;
}
