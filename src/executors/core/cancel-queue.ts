import { BackOff, DOUBLING } from '../../base/back-off.ts';
import { BoundedMap } from '../../base/bounded-map.ts';
import { systemClock } from '../../base/clock.ts';
import { Mutex } from '../../base/mutex.ts';
import { type GroupedBatch, jobKey, keyOf } from './batch-store.ts';
import type { Core } from './core.ts';
import type { CancelTarget, JobReport } from './driver.ts';

/** First delay before a refused cancel request is repeated, ms. */
const FIRST_RETRY_MS = 1000;
/**
 * A cancel request that the scheduler does not accept within this time is no longer repeated: the jobs read
 * their cancel files.
 */
const GIVE_UP_MS = 180_000;
/** Maximum number of cancelled jobs that are remembered, in case the scheduler shows them again. */
const MAX_REMEMBERED = 10_000;

interface Entry {
  readonly target: CancelTarget;
  readonly backOff: BackOff;
  readonly sinceMs: number;
}

/**
 * Jobs that the scheduler must cancel. A request is repeated until the scheduler accepts it, and again
 * if a cancelled job is still alive.
 */
export class CancelQueue {
  private readonly core: Core;
  private readonly mutex = new Mutex();
  private readonly pending = new Set<Entry>();
  /** Keys of the jobs to be cancelled, and of those whose cancellation the scheduler has accepted. */
  private readonly requestedKeys = new BoundedMap<string, true>(MAX_REMEMBERED);
  private readonly acceptedKeys = new BoundedMap<string, true>(MAX_REMEMBERED);
  /** Orphaned jobs of this service, and when each was first seen. */
  private orphans = new Map<string, number>();

  constructor(core: Core) {
    this.core = core;
  }

  /** Whether the scheduler has accepted the cancel request for the job of this batch. */
  isCancelAccepted(batch: GroupedBatch): boolean {
    return this.acceptedKeys.has(keyOf(batch)) || this.acceptedKeys.has(batch.group.name);
  }

  /**
   * Jobs all of whose batches are cancelled. If other batches of a job continue, the job itself stops the
   * cancelled ones.
   */
  targetsOf(cancelled: readonly GroupedBatch[]): CancelTarget[] {
    const targets: CancelTarget[] = [];
    for (const [group, members] of Map.groupBy(cancelled, (batch) => batch.group)) {
      const wantedTasks = new Set(
        this.uncancelledBatches()
          .filter((batch) => batch.group === group)
          .map(({ task }) => task),
      );
      const unwantedTasks = new Set(members.map(({ task }) => task).filter((task) => !wantedTasks.has(task)));
      for (const task of unwantedTasks) this.requestedKeys.set(jobKey(group.name, task), true);
      if (wantedTasks.size === 0) targets.push({ name: group.name, group, ids: null });
      else {
        const ids = [...unwantedTasks].flatMap((task) => group.ids[task - 1] ?? []);
        if (ids.length > 0) targets.push({ name: group.name, group, ids });
      }
    }
    return targets;
  }

  /** Adds targets. Resolves after one attempt to cancel them. */
  async add(targets: readonly CancelTarget[]): Promise<void> {
    const { retryMs } = this.core.settings.times;
    const policy = { firstDelayMs: Math.min(retryMs, FIRST_RETRY_MS), factor: DOUBLING, maxDelayMs: retryMs };
    for (const target of targets)
      this.pending.add({ target, backOff: new BackOff(policy), sinceMs: systemClock.monotonicMs() });
    await this.flush();
  }

  /** Sends the cancel requests that are due, after those of earlier calls. Never rejects. */
  flush(): Promise<void> {
    if (this.pending.size === 0) return Promise.resolve();
    return this.mutex.run(async () => {
      const due = [...this.pending].filter(({ backOff }) => backOff.isDue(systemClock.monotonicMs()));
      if (due.length === 0) return;
      const isAccepted = await this.send(due.map(({ target }) => target));
      const nowMs = systemClock.monotonicMs();
      for (const entry of due) {
        if (isAccepted || nowMs - entry.sinceMs > GIVE_UP_MS) this.pending.delete(entry);
        else entry.backOff.recordFailure(nowMs);
      }
    });
  }

  /**
   * Cancels unwanted jobs that the scheduler still shows: at once if they were cancelled while it did not
   * respond; after a delay if they are orphans, that is, jobs of no batch of this service.
   * @returns whether there are such jobs, for which polling must continue
   */
  async cancelUnwanted(reports: readonly JobReport[]): Promise<boolean> {
    const { orphanMs } = this.core.settings.times;
    const wantedKeys = new Set(this.uncancelledBatches().map(keyOf));
    const nowMs = systemClock.monotonicMs();
    const orphans = new Map<string, number>();
    const unwantedJobs: JobReport[] = [];
    for (const report of reports) {
      const key = jobKey(report.group, report.task);
      const isAlive = (report.phase === 'waiting' || report.phase === 'running') && !report.isEnding;
      if (!isAlive || wantedKeys.has(key)) continue;
      const sinceMs = this.orphans.get(key) ?? nowMs;
      orphans.set(key, sinceMs);
      if (this.requestedKeys.has(key) || nowMs - sinceMs >= orphanMs) unwantedJobs.push(report);
    }
    this.orphans = orphans;
    if (unwantedJobs.length > 0 && (await this.send(targetsOfReports(unwantedJobs))))
      for (const { group, task } of unwantedJobs) this.acceptedKeys.set(jobKey(group, task), true);
    return orphans.size > 0;
  }

  private async send(targets: readonly CancelTarget[]): Promise<boolean> {
    if ((await this.core.driver.cancel(targets)) !== null) return false;
    for (const { name, group, ids } of targets) {
      if (ids === null) this.acceptedKeys.set(name, true);
      for (const [i, id] of (group?.ids ?? []).entries())
        if (id !== null && ids?.includes(id)) this.acceptedKeys.set(jobKey(name, i + 1), true);
    }
    return true;
  }

  private uncancelledBatches(): GroupedBatch[] {
    return this.core.store.grouped().filter((batch) => !batch.isCancelRequested);
  }
}

const targetsOfReports = (reports: readonly JobReport[]): CancelTarget[] =>
  [...Map.groupBy(reports, ({ group }) => group)].map(([name, members]) => ({
    name,
    group: null,
    ids: members.flatMap(({ id }) => id ?? []),
  }));
