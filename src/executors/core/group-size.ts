/** Maximum number of jobs in a group. Schedulers have limits: Slurm's MaxArraySize is 1001 by default. */
const MAX_JOBS = 500;

/**
 * The maximum number of jobs in the next group. A scheduler accepts a group as a whole or not at all, and
 * reports neither its free capacity nor its limit: the size is halved after a refusal, and doubled after a
 * success. A size that is too large for the site is not tried again.
 */
export class GroupSize {
  maxJobs = MAX_JOBS;
  private cap = MAX_JOBS;

  /** Called when a group was accepted. */
  onAccepted(): void {
    this.maxJobs = Math.min(this.cap, this.maxJobs * 2);
  }

  /**
   * Called when there is no room for a group with this number of jobs, or such a group is never accepted.
   * @returns whether a smaller group should be tried at once
   */
  onRefused(jobs: number, reason: 'full' | 'too_large'): boolean {
    const half = Math.floor(jobs / 2);
    this.maxJobs = Math.max(1, half);
    if (reason === 'too_large') this.cap = this.maxJobs;
    return half >= 1;
  }
}
