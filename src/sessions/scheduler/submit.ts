import { messageOf } from '../../base/errors.ts';
import { assertSafeFolders } from '../check-folders.ts';
import type { Context } from '../context.ts';
import type { Session } from '../session.ts';
import { writeReadableJson } from '../write-json.ts';
import { type BatchPaths, batchOf, MAX_PEERS, nextBatchPaths } from './batch-file.ts';
import type { BatchesInFlight } from './batches-in-flight.ts';
import type { BatchCompletion } from './complete-batch.ts';
import { heartbeatTimeoutMs } from './heartbeat-timeout.ts';
import type { BatchPlan } from './plan-batch.ts';

/** Delay of a session after an executor refused its batch. */
const REFUSED_HOLD_MS = 5000;

/** Submits planned batches. The order makes a crash harmless: batch file, ledger, executor, handle. */
export class Submitter {
  private readonly context: Context;
  private readonly inFlight: BatchesInFlight;
  private readonly completion: BatchCompletion;

  constructor(context: Context, inFlight: BatchesInFlight, completion: BatchCompletion) {
    this.context = context;
    this.inFlight = inFlight;
    this.completion = completion;
  }

  /**
   * @returns whether the executor accepted the batch
   * @throws CodedError UNSAFE_DIRECTORY; the file system's error if the batch cannot be written
   */
  async submit(session: Session, plan: BatchPlan): Promise<boolean> {
    const { executor, movies } = plan;
    await assertSafeFolders(session.paths);
    const paths = await nextBatchPaths(session.paths, plan.cycle);
    await this.write(session, plan, paths);
    this.register(session, plan, paths);
    try {
      const { path, token, logPath } = paths;
      const timeoutMs = heartbeatTimeoutMs(this.context, session, movies);
      const handle = await executor.submit({
        batchPath: path,
        token,
        logPath,
        heartbeatTimeoutMs: timeoutMs,
      });
      this.inFlight.setHandle(token, handle);
      this.context.ledger.batches.setHandle(token, handle);
    } catch (error) {
      await this.handleRefusal(session, paths.token, error);
      return false;
    }
    session.lifecycle.signal('submitted');
    const bases = movies.map((movie) => movie.base);
    this.context.bus.emit('moviesChanged', session, bases);
    return true;
  }

  private async write(
    { id, paths, lifecycle }: Session,
    plan: BatchPlan,
    { token, path }: BatchPaths,
  ): Promise<void> {
    const movies = plan.movies.map((movie) => ({
      path: movie.path,
      base: movie.base,
      sizeBytes: movie.sizeBytes,
      mtimeMs: movie.mtimeMs,
      fingerprint: movie.fingerprint,
      attempt: movie.attempt + 1,
    }));
    const { parameters } = lifecycle;
    const peers = this.context.ledger.movies.firstPaths(id, MAX_PEERS);
    const work = { token, paths, recipe: plan.recipe, parameters, movies, peers };
    const batch = batchOf(this.context, plan.executor, work);
    await writeReadableJson(paths.root, path, batch);
  }

  /** Adds the batch to the ledger, before it is submitted to the executor. */
  private register(session: Session, plan: BatchPlan, { token, path, name }: BatchPaths): void {
    const { ledger } = this.context;
    const { cycle } = plan;
    const executor = plan.executor.name;
    ledger.transaction(() => {
      const current = ledger.sessions.get(session.id);
      const isNew = cycle !== current.cycle;
      ledger.batches.add({ token, sessionId: session.id, cycle, path, executor, handle: null });
      for (const movie of plan.movies) ledger.movies.setQueued(movie.seq, token, cycle, name);
      const assigned = (isNew ? 0 : current.cycleAssigned) + plan.movies.length;
      ledger.sessions.setCycle(session.id, cycle, assigned, isNew ? 0 : current.cycleFinished);
    });
    this.inFlight.add({
      kind: 'movies',
      token,
      session,
      handle: { executor, token, id: '', batchPath: path },
      movies: ledger.movies.ofBatch(token),
      hasResults: false,
      isInherited: false,
    });
  }

  private async handleRefusal(session: Session, token: string, error: unknown): Promise<void> {
    const { logger, tuning } = this.context;
    const detail = messageOf(error);
    logger.warn({ session: session.key, error }, 'a batch was refused by the executor');
    session.holdOffs.holdFor(REFUSED_HOLD_MS);
    await this.completion.complete(token, { how: 'cancelled', exitCode: null, signal: null, detail });
    session.failures.onBatchEnded(true);
    if (session.failures.consecutiveEmptyBatches >= tuning.emptyBatchLimit)
      session.lifecycle.signal('failed', `Batches cannot be submitted: ${detail}`);
  }
}
