import { batchFromFile } from '../../src/cli/process-batch.ts';
import { loadCorrection } from '../../src/engine/motion/correction.ts';
import type { AlignRequest } from '../../src/engine/ports.ts';
import { CANCELLED, Endings, endingOf } from '../../src/executors/core/endings.ts';
import type { Executor, Handle, HandleStatus, Submission } from '../../src/executors/executor.ts';
import { openLog } from '../../src/executors/workers/worker.ts';
import { openMovie } from '../../src/formats/open.ts';
import { runBatch } from '../../src/pipeline/run-batch.ts';
import { createStubProgram } from '../pipeline/stub-program.ts';

const SLOTS = 4;

/**
 * Runs batches in the test process: the real log, batch file, readers, staging and records, but a stub in
 * place of the engine, so that many sessions take only seconds.
 */
export class LightExecutor implements Executor {
  readonly name = 'local';
  readonly slots = SLOTS;
  readonly threadsPerMovie = 1;
  readonly maxInFlight = SLOTS + 1;
  readonly batchesPerJob = 1;
  readonly startsAtOnce = true;
  readonly batchesPerCycle = 2 * SLOTS;
  private readonly runs = new Map<string, { controller: AbortController; done: Promise<void> }>();
  private readonly endings = new Endings();

  async submit(submission: Submission): Promise<Handle> {
    const { token } = submission;
    const controller = new AbortController();
    if (!this.runs.has(token))
      this.runs.set(token, { controller, done: this.work(submission, controller.signal) });
    return { executor: this.name, token, id: token };
  }

  async poll(handles: readonly Handle[]): Promise<Map<string, HandleStatus>> {
    return new Map(handles.map(({ token }) => [token, this.statusOf(token)]));
  }

  async cancel(handles: readonly Handle[]): Promise<void> {
    const runs = handles.flatMap(({ token }) => this.runs.get(token) ?? []);
    for (const { controller } of runs) controller.abort();
    await Promise.all(runs.map(({ done }) => done));
  }

  onEnded: Executor['onEnded'] = (listener) => this.endings.onEnded(listener);

  lastKnownState(): ReturnType<Executor['lastKnownState']> {
    const health = { state: 'healthy', detail: null, since: null } as const;
    const running = [...this.runs.keys()].filter((token) => this.endings.find(token) === null).length;
    return { health, version: null, queued: 0, running };
  }

  problems = () => [];
  check = async () => [];
  release = () => this.close();

  async close(): Promise<void> {
    await this.cancel([...this.runs.keys()].map((token) => ({ executor: this.name, token, id: token })));
  }

  private statusOf(token: string): HandleStatus {
    const ending = this.endings.find(token);
    if (ending !== null) return { state: 'ended', ending };
    if (this.runs.has(token)) return { state: 'running' };
    return { state: 'ended', ending: endingOf('lost', 'There is no such batch.') };
  }

  private async work(submission: Submission, signal: AbortSignal): Promise<void> {
    try {
      await using log = await openLog(submission);
      const batch = await batchFromFile(submission.batchPath, {});
      const { ok, failed, unrecorded } = await runBatch(batch, createReadingStub(), { signal });
      await log.write(`${ok} done, ${failed} failed\n`);
      const how = unrecorded ? 'failed' : 'completed';
      this.endings.report(submission.token, signal.aborted ? CANCELLED : endingOf(how, `It ${how}.`));
    } catch (error) {
      this.endings.report(submission.token, endingOf('failed', String(error)));
    }
  }
}

/** A stub of the engine that opens the movie and the references as the engine does. */
function createReadingStub() {
  const stub = createStubProgram();
  stub.beforeStep.align = (request: AlignRequest) => {
    const movie = openMovie(request.moviePath, { within: request.within?.movie });
    movie.close();
    const { gain, mappedDefects } = loadCorrection(
      request.gain,
      request.defectMapPath,
      movie,
      request.within,
    );
    request.onReferences?.({ movie, gain, mappedDefects });
  };
  return stub.tools;
}
