/** Tasks of one array at most. Sites limit them (MaxArraySize, 1001 unless they say otherwise). */
const MOST_TASKS = 500;

/**
 * How many tasks the next array may have. Slurm takes an array as a whole or not at all, and says neither how much room
 * it has nor what the site allows: after a refusal half as many are tried, after a success twice as many. What is too
 * large for the site stays too large.
 */
export class ArraySize {
  most = MOST_TASKS;
  private cap = MOST_TASKS;

  /** Slurm took an array. */
  taken(): void {
    this.most = Math.min(this.cap, this.most * 2);
  }

  /**
   * Slurm has no room for an array of so many tasks, or never takes one.
   * @returns whether a smaller one is worth a try, at once
   */
  refused(tasks: number, why: 'full' | 'too_large'): boolean {
    const half = Math.floor(tasks / 2);
    this.most = Math.max(1, half);
    if (why === 'too_large') this.cap = this.most;
    return half >= 1;
  }
}
