import { stat } from 'node:fs/promises';
import { fileCall } from '../../base/file-calls.ts';
import { isMissingFile } from '../../base/missing-file.ts';
import { EXIT_UNRECORDED } from '../../contract/batch.ts';
import type { Ending } from '../../executors/executor.ts';
import type { Context } from '../context.ts';
import type { LedgerMovie } from '../ledger/rows.ts';
import type { ResultIntake } from '../results/intake.ts';
import { endAttemptWithoutRecord, returnToWaiting } from '../results/retry.ts';
import type { Session } from '../session.ts';
import type { BatchesInFlight, MovieBatch } from './batches-in-flight.ts';
import { awaitDisk, diskProblem } from './disk.ts';
import { ENDING_RULES, type EndingRule } from './ending-rules.ts';
import { removeUnfinished } from './remove-unfinished.ts';

/**
 * Whether results could be written. `removed`: the session was removed. `refused`: the disk does not accept
 * outputs.
 */
type DiskState = 'ok' | 'removed' | 'refused';

/** Processes the end of a batch of movies. */
export class BatchCompletion {
  private readonly context: Context;
  private readonly inFlight: BatchesInFlight;
  private readonly intake: ResultIntake;

  constructor(context: Context, inFlight: BatchesInFlight, intake: ResultIntake) {
    this.context = context;
    this.inFlight = inFlight;
    this.intake = intake;
  }

  /**
   * Stores the results of the batch; `ENDING_RULES` define what happens to movies without a result. If a
   * batch was lost because the service ended, or its results could not be written, no movie loses an attempt.
   */
  async complete(token: string, ending: Ending): Promise<void> {
    await this.intake.storeResultsOf(token, true);
    const session = this.inFlight.find(token)?.session;
    const disk = session === undefined ? 'removed' : await diskStateOf(session, ending);
    const batch = this.inFlight.movieBatch(token); // another call may have completed it in the meantime
    if (batch === null) return;
    const rule = ENDING_RULES[ending.how];
    const isBlameless =
      rule.blames === 'none' || (ending.how === 'lost' && batch.isInherited) || disk !== 'ok';
    this.remove(batch, ending, isBlameless ? [] : blamedMovies(rule, batch));
    if (disk === 'refused')
      awaitDisk(
        this.context,
        batch.session,
        (await diskProblem(batch.session.paths)) ?? 'OUTPUT_NOT_WRITABLE',
      );
    await removeUnfinished(this.context, batch.session, (batchToken) => this.inFlight.has(batchToken));
    this.updateSession(batch, ending, isBlameless);
  }

  /** Removes a batch from those in flight. Blamed movies lose an attempt; the others return to waiting. */
  private remove(batch: MovieBatch, ending: Ending, blamed: readonly LedgerMovie[]): void {
    const { context } = this;
    const { code } = ENDING_RULES[ending.how];
    context.ledger.transaction(() => {
      for (const movie of blamed) endAttemptWithoutRecord(context, batch.session, movie, code, ending.detail);
      returnToWaiting(context, batch.session, batch.movies.slice(blamed.length));
      context.ledger.batches.remove(batch.token);
    });
    // After the ledger was updated: if that fails, the batch is still in flight, and the next poll completes
    // it.
    this.inFlight.remove(batch.token);
    this.intake.forget(batch.token);
  }

  /** Applies the consequences of the ending for the session. */
  private updateSession(batch: MovieBatch, ending: Ending, isBlameless: boolean): void {
    const { session, token, movies, hasResults } = batch;
    const { logger, tuning } = this.context;
    const left = movies.length;
    const rule = ENDING_RULES[ending.how];
    logger.debug({ session: session.key, token, ending, left }, 'batch ended');
    if (left > 0 && isLostWork(batch, ending)) session.lostWork.add(this.retriedMovies(batch), ending.detail);
    if (rule.firstHoldMs > 0 && left > 0) {
      const holdMs = session.holdOffs.addSetback(rule.firstHoldMs, ending.detail);
      if (holdMs !== null)
        logger.warn(
          { session: session.key, holdMs, detail: ending.detail },
          'a batch was cancelled or lost: its movies are retried',
        );
    }
    if (isBlameless || !rule.countsAsEmpty) return;
    session.failures.onBatchEnded(!hasResults && left > 0);
    if (session.failures.consecutiveEmptyBatches >= tuning.emptyBatchLimit)
      session.lifecycle.signal('failed', `Several batches in a row ended without a result: ${ending.detail}`);
  }

  /** The movies of a batch that ended, except those that have used all their attempts. */
  private retriedMovies({ session, movies }: MovieBatch): LedgerMovie[] {
    const { ledger } = this.context;
    return movies.filter(({ base }) => ledger.movies.byBase(session.id, base)?.state !== 'failed');
  }
}

function blamedMovies({ blames }: EndingRule, { movies, hasResults }: MovieBatch): readonly LedgerMovie[] {
  switch (blames) {
    case 'none':
      return [];
    case 'first':
      return movies.slice(0, 1);
    case 'first_if_empty':
      return hasResults ? [] : movies.slice(0, 1);
    case 'all':
      return movies;
  }
}

/** Whether the movies of a batch are lost work, which the session must show. */
function isLostWork({ handle, hasResults, isInherited }: MovieBatch, { how, exitCode }: Ending): boolean {
  const { countsAsLost } = ENDING_RULES[how];
  // Workers on this machine end with the service: after a restart, a lost batch is normal.
  if (how === 'lost' && isInherited) return false;
  if (countsAsLost !== 'if_never_begun') return countsAsLost;
  return !hasResults && exitCode === null && handle.executor !== 'local';
}

async function diskStateOf({ paths }: Session, ending: Ending): Promise<DiskState> {
  try {
    await fileCall(paths.root, paths.root, () => stat(paths.root));
    return ending.exitCode === EXIT_UNRECORDED ? 'refused' : 'ok';
  } catch (error) {
    if (isMissingFile(error)) return 'removed';
    throw error;
  }
}
