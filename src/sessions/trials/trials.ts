import { randomBytes } from 'node:crypto';
import { tryReadJsonBelow } from '../../base/below.ts';
import { messageOf } from '../../base/errors.ts';
import { isMissingOrLink } from '../../base/missing-file.ts';
import { batchSchema } from '../../contract/batch.ts';
import { CodedError } from '../../contract/errors.ts';
import type { ParameterValues } from '../../contract/parameters.ts';
import type { Trial } from '../../contract/preview.ts';
import type { ResultRecord } from '../../contract/record.ts';
import type { Ending } from '../../executors/executor.ts';
import { asCodedError } from '../../pipeline/coded-errors.ts';
import { readRecord } from '../../pipeline/record-file.ts';
import { assertSafeFolders } from '../check-folders.ts';
import type { Context } from '../context.ts';
import type { Discovery } from '../discovery/discovery.ts';
import { realOutput } from '../queries/output-path.ts';
import { batchOf, MAX_PEERS } from '../scheduler/batch-file.ts';
import type { BatchesInFlight, TrialBatch } from '../scheduler/batches-in-flight.ts';
import { allowedExecutors, chooseExecutor } from '../scheduler/choose-executor.ts';
import { sessionExists } from '../scheduler/disk.ts';
import { heartbeatTimeoutMs } from '../scheduler/heartbeat-timeout.ts';
import type { Session } from '../session.ts';
import { resolveRecipe } from '../start/recipe.ts';
import { writeReadableJson } from '../write-json.ts';
import { adoptResult, movieToTry } from './adopt-result.ts';
import {
  readTrialFile,
  removeTrials,
  type TrialFile,
  tailOfLog,
  trialPaths,
  writeTrialFile,
} from './trial-file.ts';
import { PICTURE, trialReport } from './trial-report.ts';

/**
 * A trial of a session. `waiting`: it has no slot yet. `over`: no worker is processing it any more. `token`
 * identifies its submission; each submission has a new token, because executors do not run a token twice.
 */
type TrialRun = { readonly session: Session; readonly file: TrialFile } & (
  | { readonly phase: 'waiting' | 'over' }
  | { readonly phase: 'submitted'; readonly token: string }
);

/**
 * Trials of parameters on one movie. Each session has at most one: a separate batch with a separate folder
 * for results. The scheduler gives it a slot like other batches. If the session is then started with the same
 * recipe, the result is reused; the folder is removed at any start.
 */
export class Trials {
  private readonly context: Context;
  private readonly discovery: Discovery;
  private readonly inFlight: BatchesInFlight;
  private readonly bySession = new Map<number, TrialRun>();

  constructor(context: Context, discovery: Discovery, inFlight: BatchesInFlight) {
    this.context = context;
    this.discovery = discovery;
    this.inFlight = inFlight;
  }

  /** Called when a session is loaded: restores its last trial, which continues if it has not ended. */
  async restore(session: Session): Promise<void> {
    const { newest: file, unreadable } = await readTrialFile(session.paths);
    session.unreadableFiles.setTrials(unreadable);
    if (file === null) return;
    const paths = trialPaths(session.paths, file.id);
    const record = await readRecord(paths, file.movie.base);
    if (record !== null || file.state !== 'open') {
      this.set({ session, file, phase: 'over' });
      return;
    }
    const batch = await tryReadJsonBelow(paths.root, paths.batch, batchSchema, isMissingOrLink);
    if (batch === null) this.set({ session, file, phase: 'waiting' });
    else this.setSubmitted({ session, file, phase: 'submitted', token: batch.token }, true);
  }

  /**
   * Starts a trial; a previous trial is cancelled first. @param base - null: the newest complete movie
   * @throws CodedError NO_SUCH_MOVIE, BAD_PARAMETERS, DISK_FULL, OUTPUT_NOT_WRITABLE
   */
  async begin(session: Session, values: ParameterValues, base: string | null): Promise<Trial> {
    const { context } = this;
    await session.owner.assertNotOwnedElsewhere();
    const { path, base: name, sizeBytes, mtimeMs, attempt } = movieToTry(context, session, base);
    const { recipe } = await resolveRecipe(context, this.discovery, session, values);
    await assertSafeFolders(session.paths);
    await session.owner.claimOrThrow();
    await this.discard(session);
    const allowed = allowedExecutors(context, values.executor);
    const preferredExecutor =
      allowed.find((executor) => executor.lastKnownState().health.state !== 'unreachable') ?? allowed[0];
    const file: TrialFile = {
      version: 1,
      id: `trial-${randomBytes(6).toString('hex')}`,
      movie: { path, base: name, sizeBytes, mtimeMs, attempt: attempt + 1 },
      parameters: { ...values },
      recipe,
      executor: preferredExecutor?.name ?? '',
      startedAt: new Date(context.clock.wallMs()).toISOString(),
      state: 'open',
      message: null,
    };
    try {
      await writeTrialFile(session.paths, file);
    } catch (error) {
      throw asCodedError(error);
    }
    const run: TrialRun = { session, file, phase: 'waiting' };
    this.set(run);
    context.bus.emit('workAvailable');
    return this.report(run);
  }

  /** The last trial; null: there is none. */
  async last(session: Session): Promise<Trial | null> {
    const run = this.bySession.get(session.id);
    return run ? this.report(run) : null;
  }

  async cancel(session: Session): Promise<Trial | null> {
    const run = this.bySession.get(session.id);
    if (!run) return null;
    await session.owner.assertNotOwnedElsewhere();
    if (run.phase !== 'over' && (await this.recordOf(run)) === null) {
      await this.cancelBatchOf(run);
      await this.close(run, 'cancelled', null);
    }
    return this.last(session);
  }

  /** Absolute path of a picture of the trial. @throws CodedError NO_SUCH_PICTURE */
  async picturePath(session: Session, id: string, role: string): Promise<string> {
    const run = this.bySession.get(session.id);
    const record = run?.file.id === id ? await this.recordOf(run) : null;
    const name = record && Object.hasOwn(record.files, role) ? record.files[role] : undefined;
    if (name === undefined || !PICTURE.test(name)) throw new CodedError('NO_SUCH_PICTURE', '');
    return realOutput(trialPaths(session.paths, id), name);
  }

  /** Called after a start: moves the result of the trial into the session if the recipe is the same. */
  async endAtStart(session: Session, hashes: string): Promise<void> {
    const run = this.bySession.get(session.id);
    if (run) await adoptResult(this.context, session, run.file, hashes);
    await this.discard(session);
  }

  /** Sessions whose trial waits for a slot. */
  waiting(): Session[] {
    const runs = [...this.bySession.values()].filter(
      ({ phase, session }) => phase === 'waiting' && session.raw.exists,
    );
    return runs.map(({ session }) => session);
  }

  isWaiting({ id }: Session): boolean {
    return this.bySession.get(id)?.phase === 'waiting';
  }

  /** Submits a waiting trial to an executor that has room. @returns whether the executor accepted it */
  async submit(session: Session): Promise<boolean> {
    const run = this.bySession.get(session.id);
    if (run?.phase !== 'waiting') return false;
    if (!(await sessionExists(session)) || !(await session.owner.claim())) return false;
    const { executor: executorNames } = run.file.parameters;
    const names = typeof executorNames === 'string' ? executorNames : undefined;
    const choice = chooseExecutor(this.context, this.inFlight, names);
    if (choice === null) return false;
    const { executor } = choice;
    const { id, movie, recipe } = run.file;
    const paths = trialPaths(session.paths, id);
    const token = `${id}-${randomBytes(3).toString('hex')}`;
    const outputPaths = { ...session.paths, processed: paths.processed };
    const { parameters } = run.file;
    const peers = this.context.ledger.movies.firstPaths(session.id, MAX_PEERS);
    const work = { token, paths: outputPaths, recipe, parameters, movies: [movie], peers };
    const file = { ...run.file, executor: executor.name };
    await writeTrialFile(session.paths, file);
    await writeReadableJson(paths.root, paths.batch, batchOf(this.context, executor, work));
    this.setSubmitted({ session, file, phase: 'submitted', token }, false);
    try {
      const timeoutMs = heartbeatTimeoutMs(this.context, session, [movie]);
      const { batch: batchPath, log: logPath } = paths;
      const handle = await executor.submit({ batchPath, token, logPath, heartbeatTimeoutMs: timeoutMs });
      this.inFlight.setHandle(token, handle);
      return true;
    } catch (error) {
      this.inFlight.remove(token);
      await this.close({ session, file, phase: 'over' }, 'failed', messageOf(error));
      return false;
    }
  }

  /**
   * Called when the worker of a trial has ended. A trial that was lost because the service ended is run
   * again.
   */
  async handleEnding({ token, session, isInherited }: TrialBatch, ending: Ending): Promise<void> {
    const run = this.bySession.get(session.id);
    if (run?.phase === 'submitted' && run.token === token) await this.end(run, isInherited, ending);
    // Last: if a file of the trial cannot be read, the batch is still in flight, and the next poll ends it.
    this.inFlight.remove(token);
  }

  private async end(run: TrialRun, isInherited: boolean, ending: Ending): Promise<void> {
    const { session, file } = run;
    if ((await this.recordOf(run)) !== null) this.set({ session, file, phase: 'over' });
    else if (isInherited && ending.how === 'lost') this.set({ session, file, phase: 'waiting' });
    else if (ending.how === 'cancelled') await this.close(run, 'cancelled', null);
    else {
      const log = await tailOfLog(session.paths, file.id);
      await this.close(run, 'failed', `${ending.detail} ${log}`.trim());
    }
  }

  private set(run: TrialRun): void {
    this.bySession.set(run.session.id, run);
  }

  private setSubmitted(run: TrialRun & { phase: 'submitted' }, isInherited: boolean): void {
    this.set(run);
    const { session, file, token } = run;
    const { batch: batchPath } = trialPaths(session.paths, file.id);
    const handle = { executor: file.executor, token, id: '', batchPath };
    this.inFlight.add({ kind: 'trial', token, session, handle, isInherited });
  }

  /** Ends a trial without a result; this is also recorded for the next service process. */
  private async close(run: TrialRun, state: 'cancelled' | 'failed', message: string | null): Promise<void> {
    const file: TrialFile = { ...run.file, state, message };
    this.set({ session: run.session, file, phase: 'over' });
    try {
      await writeTrialFile(run.session.paths, file);
    } catch (error) {
      // The next service process finds the trial open, but without a worker.
      this.context.logger.warn({ session: run.session.key, error }, 'the end of a trial cannot be written');
    }
  }

  /** Ends a running trial and removes its files. */
  private async discard(session: Session): Promise<void> {
    const run = this.bySession.get(session.id);
    this.bySession.delete(session.id);
    if (run) await this.cancelBatchOf(run);
    await removeTrials(session.paths);
    session.unreadableFiles.setTrials([]);
  }

  private async cancelBatchOf(run: TrialRun): Promise<void> {
    const batch = run.phase === 'submitted' ? this.inFlight.find(run.token) : null;
    if (batch === null) return;
    await this.context.executors.cancel([batch.handle]);
    this.inFlight.remove(batch.token);
  }

  private recordOf({ session, file }: TrialRun): Promise<ResultRecord | null> {
    return readRecord(trialPaths(session.paths, file.id), file.movie.base);
  }

  private async report(run: TrialRun): Promise<Trial> {
    const record = await this.recordOf(run);
    return trialReport(
      run.session,
      run.file,
      record,
      record === null ? await this.progressOf(run) : 'running',
    );
  }

  /** State of a trial without a record, from its executor. */
  private async progressOf(run: TrialRun): Promise<'queued' | 'running'> {
    const batch = run.phase === 'submitted' ? this.inFlight.find(run.token) : null;
    if (batch === null) return 'queued';
    const status = (await this.context.executors.poll([batch.handle])).get(batch.token);
    return status === undefined || status.state === 'ended' ? 'running' : status.state;
  }
}
