import { type MrcStatistics, UNDETERMINED } from './header.ts';

export interface RunningStatistics {
  add(values: ArrayLike<number>): void;
  result(): MrcStatistics;
}

/**
 * Minimum, maximum, mean and standard deviation over blocks of values, in double precision. The sums of each
 * block are taken relative to its first value and the blocks are merged (Chan, Golub & LeVeque 1983), so that
 * a large offset does not reduce the precision.
 */
export function runningStatistics(): RunningStatistics {
  let count = 0;
  let mean = 0;
  let squares = 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  return {
    add(values) {
      const n = values.length;
      if (n === 0) return;
      const origin = values[0]!;
      let sum = 0;
      let sumSquares = 0;
      for (let i = 0; i < n; i++) {
        const value = values[i]!;
        if (value < minimum) minimum = value;
        if (value > maximum) maximum = value;
        const difference = value - origin;
        sum += difference;
        sumSquares += difference * difference;
      }
      const blockMean = origin + sum / n;
      const blockSquares = sumSquares - (sum * sum) / n;
      const delta = blockMean - mean;
      const total = count + n;
      squares += blockSquares + (delta * delta * count * n) / total;
      mean += (delta * n) / total;
      count = total;
    },
    result: () =>
      count === 0 || !Number.isFinite(mean)
        ? UNDETERMINED
        : { minimum, maximum, mean, rms: Math.sqrt(Math.max(0, squares) / count) },
  };
}
