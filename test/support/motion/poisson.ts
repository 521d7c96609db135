/**
 * Poisson-distributed counts, drawn from a table. For each mean, the table contains each count in proportion
 * to its probability. This is fast, and sufficiently accurate for a movie.
 */

/** The table contains the means 0, 1/128, 2/128 and so on. */
const STEPS_PER_COUNT = 128;
const MAX_MEAN = 12;
/** Number of counts in the table for each mean. */
const COUNTS_PER_MEAN = 2048;

/** @returns a function that draws a count for a mean of 0 to 12 */
export function createPoissonSampler(random: () => number): (mean: number) => number {
  const levels = MAX_MEAN * STEPS_PER_COUNT;
  const table = new Uint8Array((levels + 1) * COUNTS_PER_MEAN);
  for (let level = 0; level <= levels; level++)
    fillDistribution(table.subarray(level * COUNTS_PER_MEAN), level / STEPS_PER_COUNT);
  return (mean) => {
    const level = Math.min(levels, Math.round(mean * STEPS_PER_COUNT));
    return table[level * COUNTS_PER_MEAN + (random() >>> 21)]!;
  };
}

function fillDistribution(counts: Uint8Array, mean: number): void {
  let count = 0;
  let probability = Math.exp(-mean);
  let cumulative = probability;
  for (let i = 0; i < COUNTS_PER_MEAN; i++) {
    while ((i + 0.5) / COUNTS_PER_MEAN > cumulative && count < 255) {
      count++;
      probability *= mean / count;
      cumulative += probability;
    }
    counts[i] = count;
  }
}
