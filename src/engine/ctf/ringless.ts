import { solveSymmetric } from './least-squares.ts';
import { curveOf, curvePrior, type Problem } from './ring-model.ts';

const STEPS = 12;
const MIN_IMPROVEMENT = 0.01;

/**
 * L (likelihood.ts) of the best smooth curve without rings, with which a fit with rings is compared. The
 * curve depends only on the frequency, so that the sectors are combined first.
 */
export function ringlessMisfit(problem: Problem): number {
  const { bins, sectors, power, weight, trust, ringless } = problem;
  const { count, firstSpline, values } = ringless.splines;
  const ringWeight = new Float64Array(bins);
  const ringPower = new Float64Array(bins);
  for (let i = 0, at = 0; i < bins; i++) {
    for (let j = 0; j < sectors; j++, at++) {
      ringWeight[i] = ringWeight[i]! + trust[i]! * weight[at]!;
      ringPower[i] = ringPower[i]! + trust[i]! * weight[at]! * power[at]!;
    }
  }
  let coefficients = new Float64Array(count);
  let lowestMisfit = Infinity;
  for (let step = 0; step < STEPS; step++) {
    const matrix = Array.from({ length: count }, () => new Float64Array(count));
    const vector = new Float64Array(count);
    const level = curveOf(ringless, coefficients);
    let misfit = curvePrior(ringless, coefficients, (indices, factors, residual, w) => {
      indices.forEach((p, k) => {
        vector[p] = vector[p]! - w * residual * factors[k]!;
        indices.forEach((q, m) => {
          matrix[p]![q] = matrix[p]![q]! + w * factors[k]! * factors[m]!;
        });
      });
    });
    for (let i = 0; i < bins; i++) {
      const [n, sum] = [ringWeight[i]!, ringPower[i]! / level[i]!];
      misfit += n * Math.log(level[i]!) + sum;
      for (let p = 0; p < 4; p++) {
        const vp = values[4 * i + p]!;
        const row = firstSpline[i]! + p;
        vector[row] = vector[row]! + vp * (sum - n);
        for (let q = 0; q <= p; q++) {
          const column = firstSpline[i]! + q;
          matrix[row]![column] = matrix[row]![column]! + n * vp * values[4 * i + q]!;
        }
      }
    }
    const improvement = lowestMisfit - misfit;
    lowestMisfit = Math.min(lowestMisfit, misfit);
    if (improvement < MIN_IMPROVEMENT) break;
    const change = solveSymmetric(matrix, vector);
    coefficients = coefficients.map((v, p) => v + Math.max(-1, Math.min(1, change[p]!)));
  }
  return lowestMisfit;
}
