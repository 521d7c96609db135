import { describe, expect, it } from 'vitest';
import { colorOf, colorScale, gradientOf, isSameScale } from '../../../web/src/grid/color-scale.ts';

const lightness = (color: string) => {
  const [r = 0, g = 0, b = 0] = color.match(/\d+/g)!.map(Number);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};

describe('the colours of values', () => {
  it('have a range that ends at round numbers, so that a new value rarely changes them', () => {
    expect(colorScale([3.31, 5.87], 'low', false)).toMatchObject({ low: 3, high: 6 });
    expect(isSameScale(colorScale([3.31, 5.87], 'low', false), colorScale([3.2, 5.9], 'low', false))).toBe(
      true,
    );
    expect(isSameScale(colorScale([3.31, 5.87], 'low', false), colorScale([3.2, 5.9], 'high', false))).toBe(
      false,
    );
  });

  it('are brightest at the better end and become steadily darker', () => {
    const scale = colorScale([0, 10], 'low', false);
    const shades = [0, 2, 4, 6, 8, 10].map((value) => lightness(colorOf(scale, value)));
    expect(shades).toEqual(shades.toSorted((a, b) => b - a));
    const risingScale = colorScale([0, 10], 'high', false);
    expect(colorOf(risingScale, 10)).toBe(colorOf(scale, 0));
  });

  it('are symmetric about zero for a difference', () => {
    const { low, high } = colorScale([-0.08, 0.31], null, true);
    expect(low).toBe(-high);
    expect(high).toBeGreaterThanOrEqual(0.31);
    expect(colorOf({ low, high, colors: colorScale([-1, 1], null, true).colors }, 0)).toBe(
      'rgb(228 228 224)',
    );
  });

  it('are constant beyond the ends, and are defined even for no value or a single value', () => {
    const scale = colorScale([0, 1], null, false);
    expect(colorOf(scale, 7)).toBe(colorOf(scale, 1));
    for (const range of [null, [4, 4], [0, 0]] as const) {
      const { low, high } = colorScale(range, null, false);
      expect(high).toBeGreaterThan(low);
    }
    expect(gradientOf(scale)).toMatch(/^linear-gradient\(to right, rgb\(68 1 84\),/);
  });
});
