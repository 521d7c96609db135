/** Jobs of one group at most. Schedulers limit them: Slurm's MaxArraySize is 1001 unless the site says otherwise. */
const MAX_JOBS = 500;

/**
 * How many jobs the next group may have. A scheduler takes a group as a whole or not at all, and says neither how much
 * room it has nor what it allows: after a refusal half as many are tried, after a success twice as many. What is too
 * large for the site stays too large.
 */
export class GroupSize {
  maxJobs = MAX_JOBS;
  private cap = MAX_JOBS;

  /** A group was taken. */
  accepted(): void {
    this.maxJobs = Math.min(this.cap, this.maxJobs * 2);
  }

  /**
   * There is no room for a group of so many jobs, or it is never taken.
   * @returns whether a smaller one is worth a try, at once
   */
  refused(jobs: number, why: 'full' | 'too_large'): boolean {
    const half = Math.floor(jobs / 2);
    this.maxJobs = Math.max(1, half);
    if (why === 'too_large') this.cap = this.maxJobs;
    return half >= 1;
  }
}
