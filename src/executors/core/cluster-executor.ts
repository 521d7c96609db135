import { CodedError } from '../../contract/errors.ts';
import type {
  Ending,
  Executor,
  ExecutorState,
  Finding,
  Handle,
  HandleStatus,
  Submission,
} from '../executor.ts';
import { adopt } from './adoption.ts';
import { type Batch, BatchStore, isGrouped, type OpenGroup } from './batch-store.ts';
import { CancelQueue } from './cancel-queue.ts';
import { cancelBatches } from './cancellation.ts';
import { Channel, healthOf } from './channel.ts';
import type { Core } from './core.ts';
import type { SchedulerDriver } from './driver.ts';
import { endingOf } from './endings.ts';
import { JobFileReader } from './job-file-reader.ts';
import { jobsOf, Polls } from './polls.ts';
import type { CoreSettings } from './settings.ts';
import { Submissions } from './submissions.ts';

/**
 * Runs batches as jobs of a scheduler. Batches wait here while the scheduler is unreachable or refuses them,
 * and continue automatically. Jobs continue when the service ends, and are found again by their names. The
 * states of a batch are in `states.ts`.
 */
export class ClusterExecutor implements Executor {
  readonly name: string;
  readonly slots: number;
  readonly threadsPerMovie: number;
  readonly maxInFlight: number;
  readonly batchesPerJob: number;
  readonly startsAtOnce = false;
  readonly batchesPerCycle: number;
  private readonly core: Core;
  private readonly submissions: Submissions;
  private readonly polls: Polls;
  private readonly jobFiles: JobFileReader;
  private readonly queue: CancelQueue;
  private readonly timer: NodeJS.Timeout;
  private isClosed = false;

  constructor(driver: SchedulerDriver, settings: CoreSettings) {
    const { times } = settings;
    const store = new BatchStore((group) => this.tidy(group));
    this.core = { driver, settings, store, submitting: new Channel(times), polling: new Channel(times) };
    this.name = driver.name;
    this.slots = settings.slots;
    this.threadsPerMovie = settings.threads ?? 1;
    this.maxInFlight = settings.maxInFlight;
    this.batchesPerJob = settings.batchesPerJob;
    this.batchesPerCycle = settings.batchesPerCycle;
    this.jobFiles = new JobFileReader(this.core);
    this.queue = new CancelQueue(this.core);
    this.submissions = new Submissions(this.core, (group) => {
      void this.queue.add([{ name: group.name, group, ids: null }]);
    });
    this.polls = new Polls(this.core, (reports) => this.queue.cancelUnwanted(reports));
    this.timer = setInterval(() => this.tick(), times.jobFilePollMs);
    this.timer.unref();
  }

  async submit(submission: Submission): Promise<Handle> {
    if (this.isClosed) throw new CodedError('CANCELLED', 'The executor is closed.');
    const { token, batchPath } = submission;
    const { store, driver } = this.core;
    if (!store.has(token)) {
      driver.assertUsable?.(batchPath);
      this.submissions.gather(store.add(submission));
      this.polls.scheduleSoon();
    }
    return { executor: this.name, token, id: '', batchPath };
  }

  async poll(handles: readonly Handle[]): Promise<Map<string, HandleStatus>> {
    await adopt(this.core, handles);
    await this.jobFiles.read();
    return new Map(handles.map(({ token }) => [token, this.statusOf(token)]));
  }

  async cancel(handles: readonly Handle[]): Promise<void> {
    const { submissions, polls, jobFiles, queue } = this;
    await cancelBatches(this.core, { submissions, polls, jobFiles, queue }, handles);
  }

  onEnded(listener: (token: string, ending: Ending) => void): void {
    this.core.store.endings.onEnded(listener);
  }

  lastKnownState(): ExecutorState {
    const open = this.core.store.openBatches();
    const running = open.filter(isRunning).length;
    return { health: this.health, version: this.polls.version, queued: open.length - running, running };
  }

  problems(handles: readonly Handle[] | 'all'): readonly string[] {
    const { store, driver } = this.core;
    const batches =
      handles === 'all' ? store.openBatches() : handles.flatMap(({ token }) => store.open.get(token) ?? []);
    if (batches.length === 0) return [];
    const { detail } = this.health;
    const grouped = batches.filter(isGrouped);
    const jobs = jobsOf(grouped).map((job) => {
      const member = grouped.find(({ group, task }) => group === job.group && task === job.task);
      return { ...job, report: member?.report ?? null, isRequeued: member?.state === 'requeued' };
    });
    return [...(detail === null ? [] : [detail]), ...(driver.problems?.(jobs) ?? [])];
  }

  check(): Promise<readonly Finding[]> {
    return this.core.driver.check();
  }

  async release(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.timer);
    await this.submissions.close();
    await this.polls.settled();
    await this.jobFiles.settled();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const tokens = [...this.core.store.open.keys()];
    await this.cancel(tokens.map((token) => ({ executor: this.name, token, id: '' })));
    await this.release();
  }

  private get health() {
    const { polling, submitting, driver } = this.core;
    return healthOf(polling, submitting, driver.probe);
  }

  private statusOf(token: string): HandleStatus {
    const { store, driver } = this.core;
    const batch = store.open.get(token);
    if (batch) return { state: isRunning(batch) ? 'running' : 'queued' };
    const lostText = `This batch is unknown: it had not been submitted to ${driver.title} before the service stopped.`;
    return { state: 'ended', ending: store.endings.find(token) ?? endingOf('lost', lostText) };
  }

  private tick(): void {
    if (this.isClosed) return;
    void this.submissions.run();
    void this.queue.flush();
    if (!this.jobFiles.isReading) void this.jobFiles.read();
    if (this.polls.isDue) void this.polls.poll();
  }

  /**
   * Removes the folder of a successful group; the logs of other groups are kept for users. This may fail on a
   * file server that renames an open file instead of deleting it.
   */
  private tidy(group: OpenGroup): void {
    if (group.isRemovable) void this.core.driver.layout.discard(group.folder).catch(() => undefined);
  }
}

/** Whether the job of a batch is processing it, as far as is known. */
const isRunning = ({ state, hasBegun }: Batch): boolean =>
  state === 'running' || (state === 'grace' && hasBegun);
