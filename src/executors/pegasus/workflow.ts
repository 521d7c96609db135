import { systemClock } from '../../base/clock.ts';
import type { Job, JobGroup, JobReport, Phase, Refusal, SubmitResult } from '../core/driver.ts';
import { lastHeartbeat } from '../jobs/folder.ts';
import { type PegasusClient, refusalOf } from './client.ts';
import { LiveJobs } from './live-jobs.ts';
import { type Progress, progressOf } from './progress.ts';
import type { PegasusTimes } from './settings.ts';
import { discardPlan, isMonitored, planWrittenMs, submitFolder } from './workflow-folder.ts';
import { WorkflowReasons } from './workflow-reasons.ts';

/**
 * Time within which HTCondor's DAGMan begins its log after a submission, and Pegasus' monitor exits after the
 * end of a workflow.
 */
const HTCONDOR_MS = 60_000;
/**
 * Maximum number of times a failed workflow is resumed. Failures of workers do not make a workflow fail.
 */
const MAX_RESUMES = 2;
/** DAGMan's exit status if the whole workflow was done, and if it was removed. */
const DONE = 0;
const REMOVED = 2;

const LATER: SubmitResult = {
  ok: false,
  refusal: { kind: 'later', text: 'Pegasus is still processing this workflow.' },
};

/** State of a workflow according to a poll; `undecided`: a planner may still start the workflow. */
export type WorkflowReport = 'undecided' | readonly JobReport[];

/**
 * A workflow of this service. It is never started if it may just have been started: concurrent starts abort
 * each other, and a start is not visible until DAGMan has begun its log. If a planner of an earlier service
 * process, or one that timed out, may still be running, the workflow is started later.
 */
export class Workflow {
  private readonly group: JobGroup;
  private readonly client: PegasusClient;
  private readonly times: PegasusTimes;
  /** Pegasus has accepted the workflow: its monitor writes the log, or will do so. */
  private isStarted = false;
  /** An incomplete plan in the folder was made by this service process. */
  private isPlannedHere = false;
  private isRemovalRequested = false;
  /** Number of known starts: the end of an earlier run is ignored. */
  private starts = 0;
  private resumes = 0;
  /** A start that timed out may have succeeded: the workflow is not started again before this time. */
  private startNotBeforeMs = 0;
  /** Since when the files of the workflow have been missing, although it was started; null: they are not. */
  private missingSinceMs: number | null = null;
  /** When the end of the workflow was first seen. */
  private endedSinceMs: number | null = null;
  /**
   * When the plan that was found was written (wall clock), and when this service first saw it (monotonic).
   */
  private plan: { readonly writtenMs: number; readonly seenMs: number } | null = null;
  private readonly reasons: WorkflowReasons;
  private readonly liveJobs: LiveJobs;

  constructor(group: JobGroup, client: PegasusClient, times: PegasusTimes) {
    this.group = group;
    this.client = client;
    this.times = times;
    this.reasons = new WorkflowReasons(submitFolder(group.folder), client, times);
    this.liveJobs = new LiveJobs(group.folder, times.fenceMs);
  }

  /** Why the workflow makes no progress; empty if it does. */
  get problems(): readonly string[] {
    return this.reasons.problems;
  }

  reportUnreadable(reason: string): void {
    this.reasons.problems = [`The files of a Pegasus workflow cannot be read: ${reason}.`];
  }

  /**
   * Plans and starts the workflow. If it is already planned, it is only started; an incomplete plan is
   * replaced.
   */
  async start(): Promise<SubmitResult> {
    const { folder } = this.group;
    try {
      const progress = await progressOf(folder);
      if (progress.phase !== 'started') return await this.planOrRun(progress.phase);
      return this.hasEnded(progress) ? await this.resume(progress.starts) : this.markStarted(progress.starts);
    } catch (error) {
      return { ok: false, refusal: refusalOf(error) };
    }
  }

  /** Removes the workflow, if it has been started. @returns why this failed; null on success */
  async remove(): Promise<Refusal | null> {
    this.isRemovalRequested = true;
    const { folder } = this.group;
    try {
      const progress = await progressOf(folder);
      if (this.hasEnded(progress)) return null;
      const isFromEarlierProcess = progress.phase === 'planned' && !this.isPlannedHere;
      if (progress.phase !== 'started' && !this.isStarted && !isFromEarlierProcess) return null;
      await this.client.remove(submitFolder(folder));
      return null;
    } catch (error) {
      return refusalOf(error);
    }
  }

  /** @param jobs - those with open batches */
  async report(jobs: readonly Job[]): Promise<WorkflowReport> {
    const progress = await progressOf(this.group.folder);
    if (progress.phase !== 'started') {
      if (!this.isStarted) return (await this.mayBeStarting()) ? 'undecided' : [];
    } else if (!this.isStarted) this.markStarted(progress.starts);
    this.missingSinceMs =
      progress.phase === 'absent' ? (this.missingSinceMs ?? systemClock.monotonicMs()) : null;
    if (!this.hasEnded(progress)) {
      this.endedSinceMs = null;
      await this.reasons.queryStatus(progress.phase === 'started' ? progress.nodes : new Map());
      if (!this.reasons.isUnknownToCondor) return await this.reportAlive(jobs);
    }
    this.endedSinceMs ??= systemClock.monotonicMs();
    return this.reportEnded(progress, jobs);
  }

  private async reportEnded(progress: Progress, jobs: readonly Job[]): Promise<JobReport[]> {
    const exitStatus = progress.phase === 'started' ? progress.exitStatus : null;
    const mayBeResumed = exitStatus !== REMOVED && exitStatus !== DONE;
    if (mayBeResumed && this.resumes < MAX_RESUMES && (await this.hasNeverBegun(jobs))) {
      await this.reasons.reportRestart();
      return this.reports(jobs, () => 'returned');
    }
    if (exitStatus === REMOVED)
      return this.reports(
        jobs,
        () => 'cancelled_externally',
        'The Pegasus workflow was removed outside the service.',
      );
    return this.reportFailed(jobs);
  }

  /** The files have been missing for `goneMs`: Pegasus and HTCondor will not report an end. */
  private get areFilesMissing(): boolean {
    const { missingSinceMs } = this;
    return missingSinceMs !== null && systemClock.monotonicMs() - missingSinceMs >= this.times.goneMs;
  }

  private hasEnded(progress: Progress): boolean {
    if (this.reasons.isUnknownToCondor || this.areFilesMissing) return true;
    return progress.phase === 'started' && progress.exitStatus !== null && progress.starts >= this.starts;
  }

  private markStarted(starts: number): SubmitResult {
    this.isStarted = true;
    this.missingSinceMs = null;
    this.starts = Math.max(1, starts);
    return { ok: true };
  }

  private async mayBeStarting(): Promise<boolean> {
    if (systemClock.monotonicMs() < this.startNotBeforeMs) return true;
    const writtenMs = await planWrittenMs(this.group.folder);
    if (writtenMs === null || this.isPlannedHere) return false;
    if (systemClock.wallMs() - writtenMs >= this.times.commandMs) return false;
    // If the clock was set back, the plan would look new until the clock has caught up.
    const nowMs = systemClock.monotonicMs();
    if (this.plan?.writtenMs !== writtenMs) this.plan = { writtenMs, seenMs: nowMs };
    return nowMs - this.plan.seenMs < this.times.commandMs;
  }

  private async planOrRun(phase: 'absent' | 'planned'): Promise<SubmitResult> {
    const { folder } = this.group;
    if (await this.mayBeStarting()) return LATER;
    this.isPlannedHere = true;
    try {
      if (phase === 'planned') await this.client.run(submitFolder(folder));
      else {
        await discardPlan(folder);
        await this.client.plan(folder);
      }
      return this.markStarted(this.starts);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.kind === 'unreachable') this.startNotBeforeMs = systemClock.monotonicMs() + HTCONDOR_MS;
      return { ok: false, refusal };
    }
  }

  /** Waits until the monitor of the last run has ended, because pegasus-run would refuse before that. */
  private async resume(starts: number): Promise<SubmitResult> {
    const { folder } = this.group;
    const nowMs = systemClock.monotonicMs();
    if (nowMs - (this.endedSinceMs ?? nowMs) < HTCONDOR_MS && (await isMonitored(folder))) return LATER;
    this.resumes++;
    await this.client.run(submitFolder(folder));
    this.endedSinceMs = null;
    this.reasons.forgetFailure();
    return this.markStarted(starts + 1);
  }

  private async hasNeverBegun(jobs: readonly Job[]): Promise<boolean> {
    const heartbeats = await Promise.all(jobs.map(({ task }) => lastHeartbeat(this.group.folder, task)));
    return heartbeats.every((heartbeat) => heartbeat === null);
  }

  private async reportAlive(jobs: readonly Job[]): Promise<JobReport[]> {
    const liveNumbers = await this.liveJobs.numbersAmong(jobs.filter(({ hasBegun }) => hasBegun));
    // Batches that have not begun when the workflow is removed will never begin: they get a cancel file.
    const phaseBeforeBegin: Phase = this.isRemovalRequested ? 'cancelled_externally' : 'waiting';
    return this.reports(jobs, ({ task, hasBegun }) => {
      if (!hasBegun) return phaseBeforeBegin;
      // Held or idle again after it had begun, for example because its node failed.
      return liveNumbers.has(task) || this.isRemovalRequested ? 'running' : 'waiting';
    });
  }

  private async reportFailed(jobs: readonly Job[]): Promise<JobReport[]> {
    const failure = await this.reasons.failure();
    const failureText = failure === null ? '' : ` ${failure}`;
    return [
      ...this.reports(
        jobs.filter(({ hasBegun }) => hasBegun),
        () => 'failed',
        `The job of this batch ended without a report.${failureText}`,
      ),
      ...this.reports(
        jobs.filter(({ hasBegun }) => !hasBegun),
        () => 'vanished',
        `The Pegasus workflow ended before this batch began.${failureText}`,
      ),
    ];
  }

  /** Reports for the jobs; their processes may still be running after the end of the workflow. */
  private reports(jobs: readonly Job[], phaseOf: (job: Job) => Phase, detail?: string): JobReport[] {
    return jobs.map((job) => ({
      group: this.group.name,
      task: job.task,
      phase: phaseOf(job),
      id: null,
      node: null,
      reason: null,
      mayStillRun: 'old_process',
      isEnding: this.isRemovalRequested,
      ...(detail === undefined ? {} : { detail }),
    }));
  }
}
