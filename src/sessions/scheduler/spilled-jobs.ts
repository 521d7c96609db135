import type { Clock } from '../../base/clock.ts';
import type { Executor } from '../../executors/executor.ts';
import type { SessionRef } from '../session-ref.ts';

/** An executor puts batches of a session into the same jobs if they are submitted within this time. */
const GATHER_MS = 1000;

interface Job {
  readonly batches: number;
  readonly untilMs: number;
}

/**
 * For each session and executor, the last job that got movies because a preferred executor was full. A job of
 * several batches may use a whole node exclusively, so it is filled with movies that would soon need another
 * job.
 */
export class SpilledJobs {
  private readonly clock: Clock;
  private readonly jobs = new Map<string, Job>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Whether the last job has room for another batch, and is not submitted yet. */
  isFilling(session: SessionRef, executor: Executor): boolean {
    const job = this.jobs.get(keyOf(session, executor));
    if (job === undefined || job.batches >= executor.batchesPerJob) return false;
    return this.clock.monotonicMs() < job.untilMs;
  }

  /** Called when a batch was submitted. */
  onSubmitted(session: SessionRef, executor: Executor): void {
    const key = keyOf(session, executor);
    const batches = this.isFilling(session, executor) ? (this.jobs.get(key)?.batches ?? 0) + 1 : 1;
    this.jobs.set(key, { batches, untilMs: this.clock.monotonicMs() + GATHER_MS });
  }
}

const keyOf = ({ id }: SessionRef, { name }: Executor): string => `${id} ${name}`;
