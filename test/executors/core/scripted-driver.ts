import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { type Batch, BatchStore, jobKey } from '../../../src/executors/core/batch-store.ts';
import { ClusterExecutor } from '../../../src/executors/core/cluster-executor.ts';
import type {
  CancelTarget,
  JobGroup,
  JobReport,
  Phase,
  PollResult,
  Refusal,
  SchedulerDriver,
  SubmitResult,
} from '../../../src/executors/core/driver.ts';
import { tokenLayout } from '../../../src/executors/core/group-folder.ts';
import { type CoreSettings, type CoreTimes, DEFAULT_TIMES } from '../../../src/executors/core/settings.ts';
import type { JobEvent, JobState } from '../../../src/executors/core/states.ts';
import type { Ending, Handle } from '../../../src/executors/executor.ts';
import { writeOutcome, writeRun } from '../../../src/executors/jobs/folder.ts';
import { untilEnded } from '../../support/ending.ts';
import { TEST_TIMEOUT_MS } from '../../support/test-timeout.ts';

const move = BatchStore.prototype.move;
const WAIT = { timeout: TEST_TIMEOUT_MS, interval: 5 };
export const UNREACHABLE: Refusal = { kind: 'unreachable', text: 'It does not respond.' };
export const REFUSED: Refusal = { kind: 'refused', text: 'It refuses the job.' };

/** A scheduler whose responses are set by the test. */
class ScriptedDriver implements SchedulerDriver {
  readonly name = 'scripted';
  readonly title = 'Scripted';
  readonly layout = tokenLayout('scripted', 'service0');
  recordsSubmissions = false;
  /** Responses to the next submissions, in turn; the last one is repeated. */
  submitResponses: (SubmitResult | Promise<SubmitResult>)[] = [{ ok: true }];
  cancelResponses: (Refusal | null)[] = [null];
  pollRefusal: Refusal | null = null;
  readonly groups: JobGroup[] = [];
  readonly cancelled: CancelTarget[] = [];
  polls = 0;
  /** A response that arrives only when the harness is closed. */
  readonly lateResponse = Promise.withResolvers<SubmitResult>();
  private readonly reports = new Map<string, JobReport>();

  /** Sets the report of a job for the next polls; null: no report. */
  setReport(group: JobGroup, task: number, phase: Phase | null, changes: Partial<JobReport> = {}): void {
    const key = jobKey(group.name, task);
    if (phase === null) this.reports.delete(key);
    else
      this.reports.set(key, {
        group: group.name,
        task,
        phase,
        id: key,
        node: null,
        reason: null,
        ...changes,
      });
  }

  files() {
    return [];
  }

  async submit(group: JobGroup): Promise<SubmitResult> {
    this.groups.push(group);
    const [response = { ok: true as const }] = this.submitResponses;
    if (this.submitResponses.length > 1) this.submitResponses.shift();
    return response;
  }

  async poll(): Promise<PollResult> {
    this.polls++;
    if (this.pollRefusal) return { ok: false, refusal: this.pollRefusal };
    return { ok: true, reports: [...this.reports.values()] };
  }

  async cancel(targets: readonly CancelTarget[]): Promise<Refusal | null> {
    this.cancelled.push(...targets);
    const [response = null] = this.cancelResponses;
    if (this.cancelResponses.length > 1) this.cancelResponses.shift();
    return response;
  }

  async check() {
    return [];
  }

  async version() {
    return '1';
  }
}

export interface Transition {
  readonly token: string;
  readonly from: JobState;
  readonly event: JobEvent;
  readonly to: JobState;
}

/** An executor with a scripted scheduler; the test writes the files of its jobs. */
export class ScriptedHarness {
  readonly directory = mkdtempSync(join(tmpdir(), 'cryoem-core-'));
  readonly driver = new ScriptedDriver();
  readonly transitions: Transition[] = [];
  readonly endings: { token: string; ending: Ending }[] = [];
  executor!: ClusterExecutor;
  private readonly settings: CoreSettings;

  constructor(times: Partial<CoreTimes> = {}, changes: Partial<CoreSettings> = {}) {
    this.settings = {
      serviceId: 'service0',
      batchesPerJob: 1,
      maxJobs: 10,
      slots: 10,
      maxInFlight: 10,
      batchesPerCycle: 1,
      threads: 1,
      node: process.execPath,
      installDir: '/nowhere',
      command: null,
      ...changes,
      times: {
        ...DEFAULT_TIMES,
        pollMs: 20,
        idlePollMs: 20,
        jobFilePollMs: 10,
        gatherMs: 1,
        settleMs: 60,
        fenceMs: 120,
        heartbeatMs: 10,
        retryMs: 20,
        maxRetryMs: 40,
        orphanMs: 100,
        graceMs: 10,
        cancelMs: 2000,
        ...times,
      },
    };
    const { transitions } = this;
    vi.spyOn(BatchStore.prototype, 'move').mockImplementation(function (
      this: BatchStore,
      batch: Batch,
      event,
    ) {
      const from = batch.state;
      const hasMoved = move.call(this, batch, event);
      if (hasMoved) transitions.push({ token: batch.token, from, event, to: batch.state });
      return hasMoved;
    });
    this.open();
  }

  /** Starts a service; the previous one has ended. */
  open(): void {
    this.executor = new ClusterExecutor(this.driver, this.settings);
    this.executor.onEnded((token, ending) => this.endings.push({ token, ending }));
  }

  async close(): Promise<void> {
    this.driver.pollRefusal = UNREACHABLE;
    this.driver.lateResponse.resolve({ ok: false, refusal: REFUSED });
    await this.executor.close();
    vi.restoreAllMocks();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async submit(token: string): Promise<Handle> {
    const batchPath = join(this.directory, `${token}.json`);
    writeFileSync(batchPath, '{}');
    return this.executor.submit({ token, batchPath, logPath: join(this.directory, `${token}.log`) });
  }

  /** Waits until more than `after` groups have been submitted, and returns the newest. */
  untilSubmitted(after = 0): Promise<JobGroup> {
    return vi.waitFor(() => {
      const group = this.driver.groups.at(-1);
      if (!group || this.driver.groups.length <= after) throw new Error('nothing was submitted');
      return group;
    }, WAIT);
  }

  untilTransition = (from: JobState, event: JobEvent): Promise<Transition> =>
    vi.waitFor(() => {
      const match = this.transitions.find(
        (transition) => transition.from === from && transition.event === event,
      );
      if (!match) throw new Error(`no ${event} in ${from}: ${JSON.stringify(this.transitions)}`);
      return match;
    }, WAIT);

  untilState = (state: JobState): Promise<void> =>
    vi.waitFor(() => {
      const { transitions } = this;
      if (transitions.at(-1)?.to !== state) throw new Error(`not ${state}: ${JSON.stringify(transitions)}`);
    }, WAIT);

  endOf = (handle: Handle): Promise<Ending> => untilEnded(this.executor, handle, WAIT);

  /** Reports that a job has begun, as the job does. */
  reportBegin = ({ folder }: JobGroup, task = 1) =>
    writeRun(folder, task, { run: `run-${task}`, node: 'c1', jobId: `${task}` });

  reportEnd = ({ folder }: JobGroup, token: string, how: Ending['how'] | 'interrupted' = 'completed') =>
    writeOutcome(folder, { token, run: 'run-1', how, exitCode: 0, signal: null, detail: `It ${how}.` });
}
