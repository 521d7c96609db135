import { describe, expect, it } from 'vitest';
import { TILE_RANGE_SIGMA } from '../../../src/contract/tiles.ts';
import { lowPass } from '../../../src/engine/pictures/low-pass.ts';
import { buildPyramid, grayOf } from '../../../src/engine/pictures/pyramid.ts';

const imageOf = (width: number, height: number, value: (x: number, y: number) => number) => {
  const data = Float32Array.from({ length: width * height }, (_, i) =>
    value(i % width, Math.floor(i / width)),
  );
  return {
    width,
    height,
    data,
    read: (first: number, count: number) => data.slice(first * width, (first + count) * width),
  };
};

describe('buildPyramid', () => {
  it('halves the image by averaging: a linear gradient stays linear', () => {
    const { levels } = buildPyramid(
      imageOf(512, 300, (x, y) => x + 10 * y),
      2,
    );
    expect(levels.map(({ level, width, height }) => [level, width, height])).toEqual([
      [1, 256, 150],
      [2, 128, 75],
    ]);
    const { data } = levels[1]!;
    // Pixel (5, 7) at level 2 covers x 20..23 and y 28..31.
    expect(data[7 * 128 + 5]).toBeCloseTo(21.5 + 10 * 29.5, 3);
  });

  it('keeps the mean of images with odd sizes, whose last row and column count twice', () => {
    const { levels } = buildPyramid(
      imageOf(301, 257, () => 4),
      2,
    );
    for (const { data } of levels) expect(data.every((v) => v === 4)).toBe(true);
    expect([levels[0]!.width, levels[0]!.height]).toEqual([151, 129]);
  });

  it('ignores hot pixels when it measures the contrast', () => {
    const image = imageOf(600, 600, (x, y) => (x === 17 && y % 50 === 0 ? 1e6 : (x + y) % 2 === 0 ? 9 : 11));
    const { contrast } = buildPyramid(image, 1);
    expect(contrast.mean).toBeCloseTo(10, 1);
    expect(contrast.sigma).toBeCloseTo(1, 1);
  });
});

describe('grayOf', () => {
  it('maps the mean to mid-grey, the limits of the range to black and white, and NaN to mid-grey', () => {
    const s = TILE_RANGE_SIGMA;
    const data = Float32Array.from([0, -2 * s, 2 * s, Number.NaN, 1e9, -1e9]);
    const gray = grayOf(data, 6, { x: 0, y: 0, width: 6, height: 1 }, { mean: 0, sigma: 2 });
    expect([...gray]).toEqual([128, 0, 255, 128, 255, 0]);
  });
});

describe('lowPass', () => {
  it.each([8, 20])(
    'passes half of the amplitude at its cutoff of %d pixels, and nearly all of it at long wavelengths',
    (length) => {
      const size = 160;
      const amplitude = (period: number) => {
        const wave = imageOf(size, size, (x) => Math.cos((2 * Math.PI * x) / period));
        const out = lowPass(wave, length);
        const centre = out.subarray((size / 2) * size + 40, (size / 2) * size + 120);
        return (Math.max(...centre) - Math.min(...centre)) / 2;
      };
      expect(amplitude(length)).toBeCloseTo(0.5, 1);
      expect(amplitude(5 * length)).toBeGreaterThan(0.95);
    },
  );

  it('does not change a constant image, not even at its edges', () => {
    expect(
      lowPass(
        imageOf(30, 20, () => 3),
        12,
      ).every((v) => Math.abs(v - 3) < 1e-5),
    ).toBe(true);
  });
});
