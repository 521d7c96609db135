import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisRange, histogram, median, niceTicks } from '../../../web/src/data/statistics.ts';
import { fitEqualAspect } from '../../../web/src/plots/drift.ts';

describe('statistics of the plots', () => {
  it('excludes movies without a value from the median', () => {
    expect(median(Float64Array.of(3, Number.NaN, 1, 2))).toBe(2);
    expect(median(Float64Array.of(4, 1, 3, 2))).toBe(2.5);
    expect(median(Float64Array.of(Number.NaN))).toBeNull();
  });

  it('finds the median of many values with an error below one pixel of the plot', () => {
    const values = Float64Array.from({ length: 50_001 }, (_, i) => ((i * 7919) % 50_001) / 100);
    values[17] = Number.NaN;
    expect(Math.abs(median(values)! - 250)).toBeLessThan(500 / 65_536 + 0.01);
    expect(median(new Float64Array(10_000).fill(3))).toBe(3);
    expect(median(new Float64Array(10_000).fill(Number.NaN))).toBeNull();
  });

  it('has an axis that includes nearly all values if there are many, with or without an outlier', () => {
    const values = Float64Array.from({ length: 50_000 }, (_, i) => i % 100);
    const [low, high] = axisRange([values], false)!;
    expect(low).toBeLessThan(0);
    expect(high).toBeGreaterThan(99);
    values[12_345] = 1e6;
    expect(axisRange([values], false)![1]).toBeLessThan(1000);
  });

  it('has no axis without a value', () => {
    expect(axisRange([Float64Array.of(), Float64Array.of(Number.NaN)], true)).toBeNull();
  });

  it('limits the axis so that one outlier does not flatten the other values', () => {
    const values = Float64Array.from({ length: 200 }, (_, i) => 10 + (i % 10));
    values[100] = 10_000;
    const [low, high] = axisRange([values], false)!;
    expect(low).toBeLessThan(10);
    expect(high).toBeGreaterThan(19);
    expect(high).toBeLessThan(60);
  });

  it('has an axis that extends to both sides of a single value', () => {
    const [low, high] = axisRange([Float64Array.of(4)], false)!;
    expect(low).toBeLessThan(4);
    expect(high).toBeGreaterThan(4);
  });

  it('counts every value once, and values beyond the axis in the end bins', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -50, max: 50 })), (values) => {
        const counts = histogram(Float64Array.from(values), -10, 10, 7);
        expect(counts.reduce((sum, n) => sum + n, 0)).toBe(values.length);
      }),
    );
    expect([...histogram(Float64Array.of(-99, 0.5, 1.5, 99, Number.NaN), 0, 2, 2)]).toEqual([2, 2]);
  });

  it('puts ticks at round numbers', () => {
    expect(niceTicks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
    expect(niceTicks(-0.25, 0.25, 5)).toEqual([-0.2, -0.1, 0, 0.1, 0.2]);
    expect(niceTicks(1, 1, 5)).toEqual([]);
  });
});

describe('view of a drift path', () => {
  it('has one scale for both axes and shows every point', () => {
    const point = fc.tuple(
      fc.double({ noNaN: true, min: -100, max: 100 }),
      fc.double({ noNaN: true, min: -100, max: 100 }),
    );
    fc.assert(
      fc.property(fc.array(point, { minLength: 1 }), (points) => {
        const view = fitEqualAspect(points, 400, 200);
        expect((view.x1 - view.x0) * view.pixelsPerUnit).toBeCloseTo(400, 6);
        expect((view.y1 - view.y0) * view.pixelsPerUnit).toBeCloseTo(200, 6);
        for (const [x, y] of points) {
          expect(x).toBeGreaterThanOrEqual(view.x0);
          expect(x).toBeLessThanOrEqual(view.x1);
          expect(y).toBeGreaterThanOrEqual(view.y0);
          expect(y).toBeLessThanOrEqual(view.y1);
        }
      }),
    );
  });

  it('does not magnify a negligible motion to the size of the plot', () => {
    const view = fitEqualAspect(
      [
        [0, 0],
        [0.01, 0.01],
      ],
      300,
      300,
    );
    expect(0.01 * view.pixelsPerUnit).toBeLessThan(5);
  });
});
