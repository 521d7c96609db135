import { describe, expect, it } from 'vitest';
import { removeSmooth, smoothBasis, smoothPart } from '../../../src/engine/ctf/background.ts';
import { solveLeastSquares } from '../../../src/engine/ctf/least-squares.ts';

const x = Float64Array.from({ length: 300 }, (_, i) => 0.03 + i / 1000);
const weights = x.map((v) => v);

describe('the removal of the smooth background', () => {
  it('is complete for a cubic polynomial', () => {
    const basis = smoothBasis(x, weights, 4);
    const values = x.map((v) => 3 - 2 * v + 5 * v * v - 11 * v ** 3);
    removeSmooth(basis, values);
    expect(Math.max(...values.map(Math.abs))).toBeLessThan(1e-9);
  });

  it('leaves fast oscillations nearly unchanged', () => {
    const basis = smoothBasis(x, weights, 4);
    const rings = x.map((v) => Math.cos(2 * Math.PI * 40 * v));
    const sumOfSquares = (values: Float64Array) =>
      values.reduce((sum, v, i) => sum + (weights[i] as number) * v * v, 0);
    expect(sumOfSquares(smoothPart(basis, rings))).toBeLessThan(0.05 * sumOfSquares(rings));
  });

  it('is a projection: a second pass changes nothing', () => {
    const basis = smoothBasis(x, weights, 6);
    const onePass = x.map((v) => Math.exp(-9 * v) + Math.sin(90 * v));
    removeSmooth(basis, onePass);
    const twoPasses = onePass.slice();
    removeSmooth(basis, twoPasses);
    expect(Math.max(...twoPasses.map((v, i) => Math.abs(v - (onePass[i] as number))))).toBeLessThan(1e-9);
  });
});

describe('least squares', () => {
  it('finds the coefficients of a linear combination', () => {
    const columns = [x.map(() => 1), x.map((v) => v), x.map((v) => Math.sin(30 * v))];
    const target = x.map((v) => 2 - 7 * v + 0.5 * Math.sin(30 * v));
    const coefficients = solveLeastSquares(columns, target, weights);
    [2, -7, 0.5].forEach((coefficient, i) => {
      expect(coefficients[i]).toBeCloseTo(coefficient, 2);
    });
  });
});
