import { systemClock } from '../../base/clock.ts';
import type { Job, JobGroup, JobReport, Phase, Refusal, SubmitAnswer } from '../core/driver.ts';
import { lastBeat } from '../jobs/folder.ts';
import { type PegasusClient, refusalOf } from './client.ts';
import { type Progress, progressOf } from './progress.ts';
import type { PegasusTimes } from './settings.ts';
import { discardPlan, isMonitored, planAgeMs, submitFolder } from './workflow-folder.ts';
import { WorkflowReasons } from './workflow-reasons.ts';

/** Within so long after it was submitted HTCondor's DAGMan has begun its log, and after its end Pegasus' monitor has gone. */
const HTCONDOR_MS = 60_000;
/** A workflow that failed is resumed so often: its jobs run the workers, whose failures do not fail it. */
const MAX_RESUMES = 2;
/** DAGMan's exit status where all of its workflow was done, and where it was removed. */
const DONE = 0;
const REMOVED = 2;

const LATER: SubmitAnswer = { ok: false, refusal: { kind: 'later', text: 'Pegasus still works on it.' } };

/** What a poll tells of a workflow; `undecided`: a planner may still start it. */
export type WorkflowReport = 'undecided' | readonly JobReport[];

/**
 * A workflow of ours. It is never started when it may just have been started: two starts end each other, and nothing
 * tells of a start until DAGMan has begun its log. What a planner may still do, of a former service or given up by us,
 * is waited for.
 */
export class Workflow {
  private readonly group: JobGroup;
  private readonly client: PegasusClient;
  private readonly times: PegasusTimes;
  /** Pegasus has taken it: its monitor writes, or will. */
  private isStarted = false;
  /** What lies there half planned is this service's own. */
  private isPlannedHere = false;
  private isRemovalRequested = false;
  /** Starts that we know of: the end of an earlier one says nothing. */
  private starts = 0;
  private resumes = 0;
  /** A start that was given up may have been heard all the same: another one waits until then. */
  private startNotBeforeMs = 0;
  /** It has ended: since when that is known. */
  private endedSinceMs: number | null = null;
  private readonly reasons: WorkflowReasons;

  constructor(group: JobGroup, client: PegasusClient, times: PegasusTimes) {
    this.group = group;
    this.client = client;
    this.times = times;
    this.reasons = new WorkflowReasons(submitFolder(group.folder), client, times);
  }

  /** Why Pegasus does not get on with it; empty where it does. */
  get troubles(): readonly string[] {
    return this.reasons.troubles;
  }

  cannotBeRead(reason: string): void {
    this.reasons.troubles = [`What a workflow of Pegasus has written cannot be read: ${reason}.`];
  }

  /** Plans and starts it; one that was only planned is started, one that is half planned is planned anew. */
  async start(): Promise<SubmitAnswer> {
    const { folder } = this.group;
    try {
      const progress = await progressOf(folder);
      if (progress.phase !== 'started') return await this.planOrRun(progress.phase);
      return this.hasEnded(progress) ? await this.resume(progress.starts) : this.started(progress.starts);
    } catch (error) {
      return { ok: false, refusal: refusalOf(error) };
    }
  }

  /** Removes it, or as much of it as there is. @returns null where Pegasus did */
  async remove(): Promise<Refusal | null> {
    this.isRemovalRequested = true;
    const { folder } = this.group;
    try {
      const progress = await progressOf(folder);
      if (this.hasEnded(progress)) return null;
      const isStartedByAnother = progress.phase === 'planned' && !this.isPlannedHere;
      if (progress.phase !== 'started' && !this.isStarted && !isStartedByAnother) return null;
      await this.client.remove(submitFolder(folder));
      return null;
    } catch (error) {
      return refusalOf(error);
    }
  }

  /** @param jobs - of it that have open batches */
  async report(jobs: readonly Job[]): Promise<WorkflowReport> {
    const progress = await progressOf(this.group.folder);
    if (progress.phase !== 'started') {
      if (!this.isStarted) return (await this.mayBeStarting()) ? 'undecided' : [];
    } else if (!this.isStarted) this.started(progress.starts);
    if (!this.hasEnded(progress)) {
      this.endedSinceMs = null;
      await this.reasons.askStatus(progress.phase === 'started' ? progress.nodes : new Map());
      if (!this.reasons.isGone) return this.alive(jobs);
    }
    this.endedSinceMs ??= systemClock.monotonicMs();
    return this.ended(progress, jobs);
  }

  private async ended(progress: Progress, jobs: readonly Job[]): Promise<JobReport[]> {
    const exitStatus = progress.phase === 'started' ? progress.exitStatus : null;
    const mayBeResumed = exitStatus !== REMOVED && exitStatus !== DONE;
    if (mayBeResumed && this.resumes < MAX_RESUMES && (await this.neverBegan(jobs)))
      return this.reports(jobs, () => 'returned');
    if (exitStatus === REMOVED)
      return this.reports(jobs, () => 'revoked', 'The workflow of Pegasus was removed by somebody else.');
    return this.failed(jobs);
  }

  private hasEnded(progress: Progress): boolean {
    if (this.reasons.isGone) return true;
    return progress.phase === 'started' && progress.exitStatus !== null && progress.starts >= this.starts;
  }

  private started(starts: number): SubmitAnswer {
    this.isStarted = true;
    this.starts = Math.max(1, starts);
    return { ok: true };
  }

  private async mayBeStarting(): Promise<boolean> {
    if (systemClock.monotonicMs() < this.startNotBeforeMs) return true;
    const ageMs = await planAgeMs(this.group.folder);
    return ageMs !== null && ageMs < this.times.commandMs && !this.isPlannedHere;
  }

  private async planOrRun(phase: 'absent' | 'planned'): Promise<SubmitAnswer> {
    const { folder } = this.group;
    if (await this.mayBeStarting()) return LATER;
    this.isPlannedHere = true;
    try {
      if (phase === 'planned') await this.client.run(submitFolder(folder));
      else {
        await discardPlan(folder);
        await this.client.plan(folder);
      }
      return this.started(this.starts);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.kind === 'unreachable') this.startNotBeforeMs = systemClock.monotonicMs() + HTCONDOR_MS;
      return { ok: false, refusal };
    }
  }

  /** pegasus-run would refuse while the monitor of the last start ends. */
  private async resume(starts: number): Promise<SubmitAnswer> {
    const { folder } = this.group;
    const nowMs = systemClock.monotonicMs();
    if (nowMs - (this.endedSinceMs ?? nowMs) < HTCONDOR_MS && (await isMonitored(folder))) return LATER;
    this.resumes++;
    await this.client.run(submitFolder(folder));
    this.endedSinceMs = null;
    this.reasons.forgetFailure();
    return this.started(starts + 1);
  }

  private async neverBegan(jobs: readonly Job[]): Promise<boolean> {
    const beats = await Promise.all(jobs.map(({ task }) => lastBeat(this.group.folder, task)));
    return beats.every((beat) => beat === null);
  }

  private alive(jobs: readonly Job[]): JobReport[] {
    // What has not begun when the workflow is removed never will: it is forbidden.
    const waiting: Phase = this.isRemovalRequested ? 'revoked' : 'waiting';
    return this.reports(jobs, ({ hasBegun }) => (hasBegun ? 'running' : waiting));
  }

  private async failed(jobs: readonly Job[]): Promise<JobReport[]> {
    const failure = await this.reasons.failure();
    const said = failure === null ? '' : ` ${failure}`;
    return [
      ...this.reports(
        jobs.filter(({ hasBegun }) => hasBegun),
        () => 'failed',
        `The job of this batch ended without a word.${said}`,
      ),
      ...this.reports(
        jobs.filter(({ hasBegun }) => !hasBegun),
        () => 'vanished',
        `The workflow of Pegasus ended before this batch began.${said}`,
      ),
    ];
  }

  /** Processes of its jobs may run on when it has ended. */
  private reports(jobs: readonly Job[], phaseOf: (job: Job) => Phase, detail?: string): JobReport[] {
    return jobs.map((job) => ({
      group: this.group.name,
      task: job.task,
      phase: phaseOf(job),
      id: null,
      node: null,
      reason: null,
      remainder: 'old_process',
      isEnding: this.isRemovalRequested,
      ...(detail === undefined ? {} : { detail }),
    }));
  }
}
