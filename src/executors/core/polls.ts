import { systemClock } from '../../base/clock.ts';
import type { Ending } from '../executor.ts';
import { type Batch, type GroupedBatch, jobKey, keyOf } from './batch-store.ts';
import { type Core, endIfUnwanted, settleRefused } from './core.ts';
import type { Job, JobGroup, JobReport } from './driver.ts';
import type { JobEvent, JobState } from './states.ts';

const hasEnded = (phase: JobReport['phase']): phase is Ending['how'] =>
  phase !== 'waiting' && phase !== 'running' && phase !== 'returned';

/** Polls the scheduler for all jobs together, and updates the states of their batches. */
export class Polls {
  private readonly core: Core;
  private readonly onReports: (reports: readonly JobReport[]) => Promise<boolean>;
  private currentPoll: Promise<void> | null = null;
  private nextPollMs = 0;
  /** Version of the scheduler; null: not known yet. */
  version: string | null = null;

  /**
   * @param onReports - called with all reports of the scheduler; returns true if polling must continue for
   * jobs other than those of open batches
   */
  constructor(core: Core, onReports: (reports: readonly JobReport[]) => Promise<boolean>) {
    this.core = core;
    this.onReports = onReports;
  }

  get isDue(): boolean {
    return systemClock.monotonicMs() >= this.nextPollMs && this.core.polling.isDue;
  }

  /** Called when a batch was submitted: makes the next poll due after the usual interval. */
  scheduleSoon(): void {
    this.nextPollMs = Math.min(this.nextPollMs, systemClock.monotonicMs() + this.core.settings.times.pollMs);
  }

  /** Runs one poll at a time; never rejects. */
  poll(): Promise<void> {
    this.nextPollMs = systemClock.monotonicMs() + this.core.settings.times.pollMs;
    this.currentPoll ??= this.pollOnce().finally(() => {
      this.currentPoll = null;
    });
    return this.currentPoll;
  }

  async settled(): Promise<void> {
    await this.currentPoll;
  }

  private async pollOnce(): Promise<void> {
    const { store, driver, polling, settings } = this.core;
    const polledStates = new Map<GroupedBatch, JobState>();
    for (const batch of store.grouped())
      if (batch.state !== 'waiting' && batch.state !== 'submitting') polledStates.set(batch, batch.state);
    const result = await driver.poll(jobsOf([...polledStates.keys()]));
    if (!result.ok) return polling.onFailure(result.refusal);
    polling.onSuccess();
    this.version ??= await driver.version();
    const reports = reportsByJob(result.reports);
    const undecided = new Set<JobGroup>(result.undecided);
    const missing: GroupedBatch[] = [];
    for (const [batch, state] of polledStates) {
      // Batches whose state changed during the poll are left to the next poll.
      if (batch.state !== state || undecided.has(batch.group)) continue;
      const report = reports.get(keyOf(batch));
      if (report) this.apply(batch, report);
      else missing.push(batch);
    }
    await this.settleMissing(missing);
    const hasOtherJobs = await this.onReports(result.reports);
    if (store.open.size === 0 && !hasOtherJobs)
      this.nextPollMs = systemClock.monotonicMs() + settings.times.idlePollMs;
  }

  private apply(batch: GroupedBatch, report: JobReport): void {
    batch.report = report;
    if (report.id !== null) batch.group.ids[batch.task - 1] = report.id;
    batch.schedulerEnding = hasEnded(report.phase) ? report.phase : null;
    if (batch.schedulerEnding === null) batch.grace = null;
    const { store } = this.core;
    store.move(batch, eventOf(batch, report));
    endIfUnwanted(store, batch);
  }

  /** Handles batches whose jobs the scheduler does not show: never accepted, ended long ago, or lost. */
  private async settleMissing(missing: readonly GroupedBatch[]): Promise<void> {
    const { store, driver } = this.core;
    const unconfirmed = missing.filter(({ state }) => state === 'unconfirmed');
    for (const batch of unconfirmed) store.move(batch, 'not_seen');
    for (const group of groupsOf(unconfirmed)) await settleRefused(this.core, group);
    const submitted = missing.filter(
      ({ state }) => state === 'queued' || state === 'running' || state === 'requeued',
    );
    const groups = groupsOf(submitted);
    const lookedUpReports = groups.length > 0 ? await driver.lookUp?.(groups) : [];
    const reports = reportsByJob(lookedUpReports ?? []);
    for (const batch of submitted) {
      const report = reports.get(keyOf(batch));
      if (report && hasEnded(report.phase)) this.apply(batch, report);
      else {
        batch.schedulerEnding = 'vanished';
        store.move(batch, 'not_seen');
      }
    }
  }
}

function eventOf(batch: Batch, { phase }: JobReport): JobEvent {
  if (phase === 'waiting') return batch.hasBegun ? 'seen_requeued' : 'seen_waiting';
  if (phase === 'running') return 'seen_running';
  return phase === 'returned' ? 'returned' : 'seen_ended';
}

/** The jobs of batches, without duplicates. */
export function jobsOf(batches: readonly GroupedBatch[]): Job[] {
  return [...Map.groupBy(batches, keyOf).values()].flatMap((members) => {
    const [first] = members;
    if (!first) return [];
    return [{ group: first.group, task: first.task, hasBegun: members.some(({ hasBegun }) => hasBegun) }];
  });
}

const groupsOf = <Grouped extends GroupedBatch>(batches: readonly Grouped[]) => [
  ...new Set(batches.map((batch) => batch.group)),
];

/** Reports by job. If a job is shown twice because it was requeued, the last report counts. */
const reportsByJob = (reports: readonly JobReport[]): Map<string, JobReport> =>
  new Map(reports.map((report) => [jobKey(report.group, report.task), report]));
