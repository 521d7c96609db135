import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CodedError } from '../../contract/errors.ts';
import type { Ending, Executor, Handle, HandleStatus } from '../executor.ts';
import { forbid } from '../jobs/folder.ts';
import { adopt } from './adopt.ts';
import { ArraySize } from './array-size.ts';
import { askAccounting, askQueue, rowOf, rowsByTask } from './ask.ts';
import { type Batch, Batches, isSubmitted, type JobArray } from './batches.ts';
import { cancelUnwanted, scancel, wholeTasks } from './cancel.ts';
import { checkSlurm, slurmVersion } from './check.ts';
import { Channel, healthOf } from './health.ts';
import { bidFarewell, toldEnds } from './judge.ts';
import { type SlurmSettings, sbatchArguments } from './settings.ts';
import { stuckText } from './states.ts';
import { dissolve, planArrays, prepareArray, submitArray } from './submit.ts';

export const SLURM = 'slurm';
/** While nothing is in flight Slurm is asked now and then, so that its health is known. */
const IDLE_POLL_MS = 60_000;
/** A stop that cannot be confirmed within this time, with Slurm away, goes on all the same: its batches are forbidden. */
const LONGEST_CANCEL_MS = 60_000;
/** Between questions to Slurm while a cancel waits for its jobs to end. */
const CANCEL_POLL_MS = 1000;
const CANCEL_LOOK_MS = 100;

const ended = (how: Ending['how'], detail: string): Ending => ({ how, exitCode: null, signal: null, detail });
const CANCELLED = ended('cancelled', 'The batch was cancelled.');
const LOST = ended('lost', 'Nothing is known of this batch: it was not submitted before the service ended.');

/**
 * Runs batches as tasks of job arrays. Batches wait here while Slurm is away or refuses them, and go on by themselves;
 * jobs outlive the service, and are found again by their names. See README.md.
 * @throws Error where the site's options cannot be taken
 */
export function createSlurmExecutor(settings: SlurmSettings): Executor {
  return new SlurmExecutor(settings);
}

class SlurmExecutor implements Executor {
  readonly name = SLURM;
  readonly slots: number;
  readonly threadsPerMovie: number;
  readonly mostInFlight: number;
  readonly batchesPerJob: number;
  /** `cluster_size` and `no_of_gpus` say it. */
  readonly startsAtOnce = false;
  readonly batchesPerCycle = 1;
  private readonly settings: SlurmSettings;
  private readonly batches = new Batches();
  private readonly submitting: Channel;
  private readonly polling: Channel;
  private readonly arraySize = new ArraySize();
  /** Since when jobs of ours are seen that nobody asked for, by name and task. */
  private readonly strangers = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  /** One of each at a time. */
  private submission: Promise<void> | null = null;
  private question: Promise<void> | null = null;
  private glance: Promise<void> = Promise.resolve();
  private gatherUntilMs = 0;
  private nextPollMs = 0;
  private version: string | null = null;
  private isLooking = false;
  private isClosed = false;

  constructor(settings: SlurmSettings) {
    sbatchArguments(settings); // a fault of the config file is told at the start
    this.settings = settings;
    this.batchesPerJob = settings.moviesPerJob;
    this.slots = settings.maxJobs * settings.moviesPerJob;
    this.mostInFlight = this.slots;
    this.threadsPerMovie = settings.threads ?? 1;
    this.submitting = new Channel(settings.times);
    this.polling = new Channel(settings.times);
    this.timer = setInterval(() => this.tick(), settings.times.lookMs);
    this.timer.unref();
  }

  async submit(submission: Parameters<Executor['submit']>[0]): Promise<Handle> {
    if (this.isClosed) throw new CodedError('CANCELLED', 'The executor is closed.');
    const { token, batchPath } = submission;
    if (!this.batches.knows(token)) {
      this.nextPollMs = Math.min(this.nextPollMs, performance.now() + this.settings.times.pollMs);
      if (this.batches.waiting().length === 0)
        this.gatherUntilMs = performance.now() + this.settings.times.gatherMs;
      this.batches.add(submission);
    }
    return { executor: SLURM, token, id: '', batchPath };
  }

  async poll(handles: readonly Handle[]): Promise<Map<string, HandleStatus>> {
    await adopt(this.settings, this.batches, handles);
    await this.look();
    return new Map(handles.map(({ token }) => [token, this.statusOf(token)]));
  }

  private statusOf(token: string): HandleStatus {
    const batch = this.batches.open.get(token);
    if (!batch) return { state: 'ended', ending: this.batches.endingOf(token) ?? LOST };
    const isRunning = !batch.isQueuedAgain && (batch.hasBegun || batch.row?.phase === 'running');
    return { state: isRunning ? 'running' : 'queued' };
  }

  onEnded(listener: (token: string, ending: Ending) => void): void {
    this.batches.onEnded(listener);
  }

  condition() {
    const all = [...this.batches.open.values()];
    const running = all.filter(({ token }) => this.statusOf(token).state === 'running').length;
    const health = healthOf(this.polling, this.submitting);
    return { health, version: this.version, queued: all.length - running, running };
  }

  troubles(handles: readonly Handle[]): readonly string[] {
    const mine = handles.flatMap(({ token }) => this.batches.open.get(token) ?? []);
    if (mine.length === 0) return [];
    const { detail } = healthOf(this.polling, this.submitting);
    const waiting = mine.filter(({ row }) => row?.phase === 'waiting');
    const alike = Map.groupBy(waiting, ({ row, isQueuedAgain }) => `${isQueuedAgain} ${row!.reason}`);
    const stuck = [...alike.values()].flatMap((batches) => {
      const jobs = new Set(batches.map(({ row }) => row!.id)).size;
      return stuckText(batches[0]!.row!.reason, jobs, batches[0]!.isQueuedAgain) ?? [];
    });
    return detail === null ? stuck : [detail, ...stuck];
  }

  check = () => checkSlurm(this.settings);

  async cancel(handles: readonly Handle[]): Promise<void> {
    await this.submission;
    await adopt(this.settings, this.batches, handles);
    const targets = handles.flatMap(({ token }) => this.batches.open.get(token) ?? []);
    for (const batch of targets) {
      if (!isSubmitted(batch)) this.finish(batch, CANCELLED);
      else {
        batch.isCancelled = true;
        this.batches.cancelledTasks.add(`${batch.array.name}_${batch.task}`);
        await forbid(batch.array.folder, batch.token);
      }
    }
    const isOpen = (batch: Batch) => this.batches.open.has(batch.token);
    if (!targets.some(isOpen)) return;
    // What cannot be told to Slurm now is told after the next poll that it answers.
    await scancel(this.settings, wholeTasks(targets.filter(isOpen), this.batches));
    const startMs = performance.now();
    let askMs = startMs + CANCEL_LOOK_MS;
    while (targets.some(isOpen)) {
      await this.look();
      if (performance.now() - startMs > LONGEST_CANCEL_MS)
        for (const batch of targets.filter(isOpen)) this.finish(batch, CANCELLED);
      else if (performance.now() >= askMs && this.polling.mayTry) {
        askMs = performance.now() + CANCEL_POLL_MS;
        await this.ask();
      } else await sleep(CANCEL_LOOK_MS);
    }
  }

  async release(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.timer);
    await this.submission;
    await this.question;
    await this.glance;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    const open = [...this.batches.open.keys()];
    await this.cancel(open.map((token) => ({ executor: SLURM, token, id: '' })));
    await this.release();
  }

  private tick(): void {
    if (this.isClosed) return;
    this.submission ??= this.submitDue().finally(() => (this.submission = null));
    if (!this.isLooking) void this.look();
    const isDue = performance.now() >= this.nextPollMs && this.polling.mayTry;
    if (isDue) void this.ask();
  }

  /** Waiting batches go to Slurm, array by array, as long as it takes them. */
  private async submitDue(): Promise<void> {
    const waiting = this.batches.waiting();
    const isAway = this.polling.refusal?.kind === 'away';
    if (waiting.length === 0) return this.submitting.succeeded();
    if (performance.now() < this.gatherUntilMs || !this.submitting.mayTry || isAway) return;
    const open = [...this.batches.open.values()];
    for (const planned of planArrays(waiting, open, this.settings, this.arraySize.most)) {
      if (this.isClosed) return;
      let array: JobArray;
      try {
        array = await prepareArray(this.settings, planned);
      } catch (error) {
        const detail = `The folder of the job cannot be written: ${(error as Error).message}.`;
        for (const batch of planned.tasks.flat()) this.finish(batch, ended('vanished', detail));
        continue;
      }
      const answer = await submitArray(this.settings, array);
      if (!answer.ok) {
        const { kind } = answer.refusal;
        // Where Slurm did not answer it may have taken the array all the same: the next poll tells.
        if (kind !== 'away') await dissolve(array, planned.tasks.flat());
        const isTooMuch = kind === 'full' || kind === 'too_large';
        if (!isTooMuch || !this.arraySize.refused(array.tasks.length, kind))
          this.submitting.failed(answer.refusal);
        return;
      }
      this.submitting.succeeded();
      this.arraySize.taken();
    }
  }

  /** Takes in what jobs have written, and bids farewell to those that Slurm calls ended. One look at a time. */
  private look(): Promise<void> {
    this.glance = this.glance.then(async () => {
      this.isLooking = true;
      try {
        const submitted = this.batches.submitted();
        for (const { batch, ending } of await toldEnds(submitted)) this.finish(batch, ending);
        for (const batch of submitted) {
          if (batch.verdict === null || !this.batches.open.has(batch.token)) continue;
          const ending = await bidFarewell(batch, batch.verdict, this.settings.times);
          if (ending !== null) this.finish(batch, ending);
        }
      } catch (error) {
        const text = `What jobs have written cannot be read: ${(error as Error).message}.`;
        this.polling.failed({ kind: 'refused', text });
      } finally {
        this.isLooking = false;
      }
    });
    return this.glance;
  }

  /** One question to Slurm for all jobs. */
  private ask(): Promise<void> {
    const { pollMs } = this.settings.times;
    this.nextPollMs = performance.now() + pollMs;
    this.question ??= this.askOnce().finally(() => (this.question = null));
    return this.question;
  }

  private async askOnce(): Promise<void> {
    const asked = this.batches.submitted().filter(({ array }) => !array.isUnderWay);
    const begun = new Set(asked.filter(({ hasBegun }) => hasBegun));
    const answer = await askQueue(this.settings);
    if (!answer.ok) return this.polling.failed(answer.refusal);
    this.polling.succeeded();
    this.version ??= await slurmVersion(this.settings);
    const rows = rowsByTask(answer.rows);
    for (const batch of asked) this.note(batch, rowOf(rows, batch), begun.has(batch));
    await this.judgeMissing(asked.filter((batch) => rowOf(rows, batch) === null));
    await cancelUnwanted(this.settings, answer.rows, this.batches, this.strangers);
    if (this.batches.open.size === 0 && this.strangers.size === 0)
      this.nextPollMs = performance.now() + IDLE_POLL_MS;
  }

  /** @param hadBegun - before Slurm was asked */
  private note(batch: Batch & { array: JobArray }, row: Batch['row'], hadBegun: boolean): void {
    if (row === null) return;
    batch.row = row;
    batch.isQueuedAgain = hadBegun && row.phase === 'waiting';
    batch.array.id = row.arrayId;
    batch.array.isAccepted = true;
    batch.verdict = row.phase === 'waiting' || row.phase === 'running' ? null : row.phase;
    if (batch.verdict === null) batch.farewell = null;
  }

  /** Not in the queue: never taken, or long ended, or forgotten. */
  private async judgeMissing(missing: readonly (Batch & { array: JobArray })[]): Promise<void> {
    for (const array of new Set(missing.map((batch) => batch.array)))
      if (!array.isAccepted) await dissolve(array, this.batches.open.values());
    const gone = missing.filter((batch) => batch.array !== null && this.batches.open.has(batch.token));
    const fresh = gone.filter((batch) => batch.verdict === null);
    const known = rowsByTask(await askAccounting(this.settings, [...new Set(fresh.map((b) => b.array))]));
    for (const batch of fresh) {
      const phase = rowOf(known, batch)?.phase ?? 'vanished';
      batch.verdict = phase === 'waiting' || phase === 'running' ? 'vanished' : phase;
    }
  }

  private finish(batch: Batch, ending: Ending): void {
    const { array } = batch;
    this.batches.end(batch, ending);
    if (array === null) return;
    array.left--;
    array.isWell &&= ending.how === 'completed';
    // Logs of what did not go well stay for people. A file server may keep a name for a file that is still open.
    if (array.left === 0 && array.isWell)
      void rm(array.folder, { recursive: true, force: true }).catch(() => undefined);
  }
}
