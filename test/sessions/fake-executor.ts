import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutorHealth } from '../../src/contract/api.ts';
import { type Batch, type BatchMovie, batchSchema } from '../../src/contract/batch.ts';
import { CodedError, type ErrorCode } from '../../src/contract/errors.ts';
import type { ResultRecord } from '../../src/contract/record.ts';
import type { Ending, Executor, Handle, HandleStatus, Submission } from '../../src/executors/executor.ts';
import { failedOutcome } from '../../src/pipeline/coded-errors.ts';
import { recipeHash, stepHashes } from '../../src/pipeline/recipe.ts';

/** What a worker does with a movie: writes the record of a success or of a failure, dies, or hangs. */
export type Behaviour = 'ok' | ErrorCode | 'die' | 'hang';

/**
 * Replaces an executor and its workers in tests of the scheduler. It processes no movies, but writes records
 * in the format of the contract, in the order of the batch. `real-worker.test.ts` uses a real executor and
 * worker.
 */
export class FakeExecutor implements Executor {
  readonly name: string;
  readonly threadsPerMovie = 1;
  readonly slots: number;
  batchesPerJob = 1;
  startsAtOnce = false;
  /** Problems that the executor reports for its batches. */
  reportedProblems: string[] = [];
  health: ExecutorHealth = { state: 'healthy', detail: null, since: null };
  behaviour: (movie: BatchMovie) => Behaviour = () => 'ok';
  /** Additional content of the record of a success. */
  results: (movie: BatchMovie) => Partial<ResultRecord> = () => ({});
  /** The submitted batches, in order. */
  readonly batches: Batch[] = [];
  /** Number of attempts of each movie, by base name. */
  readonly attempts = new Map<string, number>();
  /** Maximum of `inFlight` so far. */
  peakInFlight = 0;
  private readonly statuses = new Map<string, HandleStatus>();
  private readonly listeners: ((token: string, ending: Ending) => void)[] = [];
  private isClosed = false;

  constructor(slots = 2, name = 'local') {
    this.slots = slots;
    this.name = name;
  }

  get maxInFlight(): number {
    return this.slots + 1;
  }

  get batchesPerCycle(): number {
    return 2 * this.slots;
  }

  /** Number of batches in flight: running or waiting for a slot. */
  get inFlight(): number {
    return [...this.statuses.values()].filter((status) => status.state !== 'ended').length;
  }

  async submit({ batchPath, token }: Submission): Promise<Handle> {
    if (this.isClosed) throw new CodedError('CANCELLED', 'The executor is closed.');
    if (!this.statuses.has(token)) {
      const batch = batchSchema.parse(JSON.parse(readFileSync(batchPath, 'utf8')));
      this.batches.push(batch);
      this.statuses.set(token, { state: 'queued' });
      this.peakInFlight = Math.max(this.peakInFlight, this.inFlight);
      this.fillSlots();
    }
    return { executor: this.name, token, id: token };
  }

  private fillSlots(): void {
    for (const batch of this.batches) {
      if (this.countInState('running') >= this.slots) return;
      if (this.statuses.get(batch.token)?.state !== 'queued') continue;
      this.statuses.set(batch.token, { state: 'running' });
      void this.work(batch);
    }
  }

  private countInState(state: HandleStatus['state']): number {
    return [...this.statuses.values()].filter((status) => status.state === state).length;
  }

  private async work(batch: Batch): Promise<void> {
    for (const movie of batch.movies) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.statuses.get(batch.token)?.state === 'ended') return;
      this.attempts.set(movie.base, (this.attempts.get(movie.base) ?? 0) + 1);
      const behaviour = this.behaviour(movie);
      if (behaviour === 'hang') return;
      if (behaviour === 'die') return this.end(batch.token, 'failed', 'SIGSEGV');
      writeRecord(batch, movie, behaviour, behaviour === 'ok' ? this.results(movie) : {});
    }
    this.end(batch.token, 'completed', null);
  }

  /** Only the first ending of a batch counts. */
  end(
    token: string,
    how: Ending['how'],
    signal: string | null,
    exitCode = how === 'completed' ? 0 : null,
  ): void {
    if (this.statuses.get(token)?.state === 'ended') return;
    const ending: Ending = { how, exitCode, signal, detail: `Ending: ${how}.` };
    this.statuses.set(token, { state: 'ended', ending });
    for (const listener of this.listeners) listener(token, ending);
    this.fillSlots();
  }

  async poll(handles: readonly Handle[]) {
    const lost: Ending = { how: 'lost', exitCode: null, signal: null, detail: 'The batch is unknown.' };
    return new Map(
      handles.map(({ token }) => [
        token,
        this.statuses.get(token) ?? { state: 'ended' as const, ending: lost },
      ]),
    );
  }

  async cancel(handles: readonly Handle[]) {
    for (const { token } of handles) if (this.statuses.has(token)) this.end(token, 'cancelled', 'SIGTERM');
  }

  onEnded(listener: (token: string, ending: Ending) => void) {
    this.listeners.push(listener);
  }

  lastKnownState = () => ({
    health: this.health,
    version: null,
    queued: this.countInState('queued'),
    running: this.countInState('running'),
  });

  problems = (handles: readonly Handle[]) => (handles.length > 0 ? this.reportedProblems : []);

  async check() {
    return [];
  }

  async release() {}

  async close() {
    this.isClosed = true;
    for (const token of [...this.statuses.keys()]) this.end(token, 'cancelled', 'SIGTERM');
  }
}

function recordOf(
  batch: Omit<Batch, 'version'>,
  movie: BatchMovie,
  behaviour: 'ok' | ErrorCode,
): ResultRecord {
  const now = new Date().toISOString();
  const { attempt: _, ...identity } = movie;
  return {
    version: 1,
    movie: identity,
    recipe: batch.recipe,
    recipeHash: recipeHash(batch.recipe),
    stepHashes: stepHashes(batch.recipe),
    attempt: movie.attempt,
    host: 'here',
    executor: batch.executor,
    serviceVersion: '0',
    startedAt: now,
    finishedAt: now,
    steps: [],
    motion: null,
    ctf: null,
    statistics: null,
    files: behaviour === 'ok' ? { thumbnail: `${movie.base}_thumb.jpg` } : {},
    warnings: [],
    outcome:
      behaviour === 'ok'
        ? { status: 'ok' }
        : failedOutcome(new CodedError(behaviour, 'As the test requested.')),
  };
}

export function writeRecord(
  batch: Omit<Batch, 'version'>,
  movie: BatchMovie,
  behaviour: 'ok' | ErrorCode,
  results: Partial<ResultRecord> = {},
): void {
  const folder = join(batch.processedDir, 'results');
  mkdirSync(folder, { recursive: true });
  if (behaviour === 'ok') writeFileSync(join(batch.processedDir, `${movie.base}_thumb.jpg`), 'picture');
  const path = join(folder, `${movie.base}.json`);
  writeFileSync(
    `${path}.tmp-${batch.token}`,
    JSON.stringify({ ...recordOf(batch, movie, behaviour), ...results }),
  );
  renameSync(`${path}.tmp-${batch.token}`, path);
}
