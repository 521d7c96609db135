import { BackOff, DOUBLING } from '../../base/back-off.ts';
import { BoundedMap } from '../../base/bounded-map.ts';
import { systemClock } from '../../base/clock.ts';
import { Mutex } from '../../base/mutex.ts';
import { type GroupedBatch, jobKey, keyOf } from './batch-store.ts';
import type { Core } from './core.ts';
import type { CancelTarget, JobReport } from './driver.ts';

/** First delay before a refused cancel is repeated, ms. */
const FIRST_RETRY_MS = 1000;
/**
 * A cancel that the scheduler does not accept for this time is no longer repeated: the jobs find their cancel
 * file.
 */
const GIVE_UP_MS = 180_000;
/** Maximum number of cancelled jobs that are remembered, in case they are seen again. */
const MAX_REMEMBERED = 10_000;

interface Entry {
  readonly target: CancelTarget;
  readonly backOff: BackOff;
  readonly sinceMs: number;
}

/**
 * Jobs that the scheduler must cancel: repeated until it accepts, and again if a cancelled job is seen alive.
 */
export class CancelQueue {
  private readonly core: Core;
  private readonly mutex = new Mutex();
  private readonly pending = new Set<Entry>();
  /** Jobs that were cancelled, and those of them for which the scheduler has accepted the cancel. */
  private readonly requested = new BoundedMap<string, true>(MAX_REMEMBERED);
  private readonly accepted = new BoundedMap<string, true>(MAX_REMEMBERED);
  /** Orphaned jobs of ours, and since when each is seen. */
  private orphans = new Map<string, number>();

  constructor(core: Core) {
    this.core = core;
  }

  /** Whether the scheduler has accepted the cancel of the job of this batch. */
  hasAcceptedCancel(batch: GroupedBatch): boolean {
    return this.accepted.has(keyOf(batch)) || this.accepted.has(batch.group.name);
  }

  /**
   * Jobs without any wanted batch. A cancelled batch that shares its job with wanted ones is stopped by the
   * job.
   */
  targetsOf(cancelled: readonly GroupedBatch[]): CancelTarget[] {
    const targets: CancelTarget[] = [];
    for (const [group, members] of Map.groupBy(cancelled, (batch) => batch.group)) {
      const wanted = new Set(
        this.wanted()
          .filter((batch) => batch.group === group)
          .map(({ task }) => task),
      );
      const unwanted = new Set(members.map(({ task }) => task).filter((task) => !wanted.has(task)));
      for (const task of unwanted) this.requested.set(jobKey(group.name, task), true);
      if (wanted.size === 0) targets.push({ name: group.name, group, ids: null });
      else {
        const ids = [...unwanted].flatMap((task) => group.ids[task - 1] ?? []);
        if (ids.length > 0) targets.push({ name: group.name, group, ids });
      }
    }
    return targets;
  }

  /** Resolves after one attempt to cancel. */
  async add(targets: readonly CancelTarget[]): Promise<void> {
    const { retryMs } = this.core.settings.times;
    const policy = { firstDelayMs: Math.min(retryMs, FIRST_RETRY_MS), factor: DOUBLING, maxDelayMs: retryMs };
    for (const target of targets)
      this.pending.add({ target, backOff: new BackOff(policy), sinceMs: systemClock.monotonicMs() });
    await this.flush();
  }

  /** Sends the cancels that are due. One at a time; never rejects. */
  flush(): Promise<void> {
    if (this.pending.size === 0) return Promise.resolve();
    return this.mutex.run(async () => {
      const due = [...this.pending].filter(({ backOff }) => backOff.isDue(systemClock.monotonicMs()));
      if (due.length === 0) return;
      const isTaken = await this.send(due.map(({ target }) => target));
      const nowMs = systemClock.monotonicMs();
      for (const entry of due) {
        if (isTaken || nowMs - entry.sinceMs > GIVE_UP_MS) this.pending.delete(entry);
        else entry.backOff.failed(nowMs);
      }
    });
  }

  /**
   * Cancels unwanted jobs in the queue: those that were cancelled while the scheduler did not respond, at
   * once; orphaned jobs that nothing has requested since this service started, after a delay.
   * @returns whether there are such jobs that must be watched
   */
  async cancelUnwanted(reports: readonly JobReport[]): Promise<boolean> {
    const { orphanMs } = this.core.settings.times;
    const wanted = new Set(this.wanted().map(keyOf));
    const nowMs = systemClock.monotonicMs();
    const orphans = new Map<string, number>();
    const unwanted: JobReport[] = [];
    for (const report of reports) {
      const key = jobKey(report.group, report.task);
      const isAlive = (report.phase === 'waiting' || report.phase === 'running') && !report.isEnding;
      if (!isAlive || wanted.has(key)) continue;
      const sinceMs = this.orphans.get(key) ?? nowMs;
      orphans.set(key, sinceMs);
      if (this.requested.has(key) || nowMs - sinceMs >= orphanMs) unwanted.push(report);
    }
    this.orphans = orphans;
    if (unwanted.length > 0 && (await this.send(targetsOfReports(unwanted))))
      for (const { group, task } of unwanted) this.accepted.set(jobKey(group, task), true);
    return orphans.size > 0;
  }

  private async send(targets: readonly CancelTarget[]): Promise<boolean> {
    if ((await this.core.driver.cancel(targets)) !== null) return false;
    for (const { name, group, ids } of targets) {
      if (ids === null) this.accepted.set(name, true);
      for (const [i, id] of (group?.ids ?? []).entries())
        if (id !== null && ids?.includes(id)) this.accepted.set(jobKey(name, i + 1), true);
    }
    return true;
  }

  private wanted(): GroupedBatch[] {
    return this.core.store.grouped().filter((batch) => !batch.isCancelRequested);
  }
}

const targetsOfReports = (reports: readonly JobReport[]): CancelTarget[] =>
  [...Map.groupBy(reports, ({ group }) => group)].map(([name, members]) => ({
    name,
    group: null,
    ids: members.flatMap(({ id }) => id ?? []),
  }));
