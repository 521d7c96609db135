/** Maximum number of jobs in a group. Schedulers limit them: Slurm's MaxArraySize is 1001 by default. */
const MAX_JOBS = 500;

/**
 * How many jobs the next group may have. A scheduler accepts a group as a whole or not at all, and reports
 * neither its free capacity nor its limit: after a refusal the size is halved, after a success doubled. A
 * size that is too large for the site stays excluded.
 */
export class GroupSize {
  maxJobs = MAX_JOBS;
  private cap = MAX_JOBS;

  /** A group was accepted. */
  accepted(): void {
    this.maxJobs = Math.min(this.cap, this.maxJobs * 2);
  }

  /**
   * There is no room for a group of this many jobs, or it is never accepted.
   * @returns whether a smaller one should be tried at once
   */
  refused(jobs: number, why: 'full' | 'too_large'): boolean {
    const half = Math.floor(jobs / 2);
    this.maxJobs = Math.max(1, half);
    if (why === 'too_large') this.cap = this.maxJobs;
    return half >= 1;
  }
}
