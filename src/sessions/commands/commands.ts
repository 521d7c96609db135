import { isUnusableFile } from '../../base/below.ts';
import { FileCallStuck } from '../../base/file-calls.ts';
import type { SessionKey, SessionSummary } from '../../contract/api.ts';
import { CodedError, type ErrorCode } from '../../contract/errors.ts';
import type { ParameterValues } from '../../contract/parameters.ts';
import type { StopRequest } from '../../contract/preview.ts';
import type { Context } from '../context.ts';
import type { LedgerMovie } from '../ledger/rows.ts';
import { advance, STOPPED } from '../lifecycle/advance.ts';
import { isUnfinished } from '../lifecycle/machine.ts';
import type { Registry } from '../loading/registry.ts';
import { summaryOf } from '../queries/summary.ts';
import type { BatchesInFlight } from '../scheduler/batches-in-flight.ts';
import type { Completions } from '../scheduler/completions.ts';
import type { RetryChoice, SessionCommands } from '../service.ts';
import type { Session } from '../session.ts';
import type { Trials } from '../trials/trials.ts';
import type { Starts } from './starts.ts';

/** Actor in the timeline if a command has none. */
const UNNAMED_ACTOR = 'a user';

export interface CommandsParts {
  readonly registry: Registry;
  readonly starts: Starts;
  readonly inFlight: BatchesInFlight;
  readonly completions: Completions;
  readonly trials: Trials;
}

/** Commands on a session: start, stop, resume, retry. One at a time per session. */
export class Commands implements SessionCommands {
  private readonly context: Context;
  private readonly parts: CommandsParts;

  constructor(context: Context, parts: CommandsParts) {
    this.context = context;
    this.parts = parts;
  }

  async start(key: SessionKey, values: ParameterValues, by = UNNAMED_ACTOR): Promise<SessionSummary> {
    const session = await this.parts.registry.findOnDiskOrThrow(key);
    await session.mutex.run(() => this.parts.starts.begin(session, values, by));
    return this.summaryAfter(session);
  }

  async resume(
    key: SessionKey,
    changes: Partial<ParameterValues>,
    by = UNNAMED_ACTOR,
  ): Promise<SessionSummary> {
    const session = await this.parts.registry.findOnDiskOrThrow(key);
    await session.mutex.run(async () => {
      const { start } = session.lifecycle;
      if (start === null)
        throw new CodedError('WRONG_STATE', 'The session was never started: start it with parameters first.');
      await this.parts.starts.begin(session, withChanges(start.parameters, changes), by);
    });
    return this.summaryAfter(session);
  }

  async stop(
    key: SessionKey,
    by = UNNAMED_ACTOR,
    running: StopRequest['running'] = 'cancel',
  ): Promise<SessionSummary> {
    const session = await this.findToStop(key);
    await session.mutex.run(() => this.stopNow(session, by, running));
    return this.summaryAfter(session);
  }

  async retry(key: SessionKey, choice: RetryChoice, by = UNNAMED_ACTOR): Promise<number> {
    const session = await this.parts.registry.findOrThrow(key);
    await session.owner.assertNotOwnedElsewhere();
    const { ledger, settings, bus } = this.context;
    const failed = this.moviesToRetry(session, choice);
    ledger.transaction(() => {
      for (const { seq } of failed) ledger.movies.requeue(seq, settings.retry.attempts);
    });
    if (failed.length > 0) {
      session.failures.reset();
      session.lifecycle.signal('recovered');
      // Otherwise the next round would find work in a complete session, and report new movies.
      if (session.lifecycle.isProcessingRequested) session.lifecycle.signal('retried');
      else advance(this.context, session);
      const cause = choice.code ? ` that failed with ${choice.code}` : '';
      session.timeline.note('retried', by, `${movieCount(failed.length)}${cause}.`);
    }
    const bases = failed.map((movie) => movie.base);
    bus.emit('moviesChanged', session, bases);
    bus.emit('workAvailable');
    return failed.length;
  }

  private async stopNow(session: Session, by: string, running: StopRequest['running']): Promise<void> {
    const { inFlight, completions, trials } = this.parts;
    const { lifecycle } = session;
    await ignoreStuck(session.owner.assertNotOwnedElsewhere());
    const isStopped = !lifecycle.isProcessingRequested && !isUnfinished(lifecycle.state);
    if (isStopped && inFlight.ofSession(session).length === 0) return;
    const inProgress = this.context.ledger.sessions.counts(session.id).queued;
    const isFinishing = running === 'finish' && inProgress > 0;
    try {
      // Batches are cancelled before the stop is recorded, because recording fails if the disk is full.
      if (!isFinishing) {
        await ignoreStuck(trials.cancel(session));
        await ignoreStuck(completions.cancel(session));
      }
    } finally {
      await lifecycle.setStopped();
    }
    const note = isFinishing ? `${movieCount(inProgress)} in progress will be finished.` : null;
    lifecycle.signal('stopped', note === null ? STOPPED : `${STOPPED} ${note}`);
    session.timeline.note('stopped', by, note);
  }

  /** A session whose files do not respond can be stopped too. @throws CodedError NO_SUCH_SESSION, BAD_NAME */
  private async findToStop(key: SessionKey): Promise<Session> {
    const { registry } = this.parts;
    try {
      return await registry.findOnDiskOrThrow(key);
    } catch (error) {
      if (!(error instanceof FileCallStuck)) throw error;
      return registry.findOrThrow(key);
    }
  }

  /** @throws CodedError NO_SUCH_MOVIE */
  private moviesToRetry(session: Session, { base, code }: RetryChoice): LedgerMovie[] {
    if (base === undefined) return this.failedMovies(session, code);
    const movie = this.context.ledger.movies.byBase(session.id, base);
    if (movie === null) throw new CodedError('NO_SUCH_MOVIE', '');
    return movie.state === 'failed' ? [movie] : [];
  }

  /** Failed movies that no user has set aside: those with this error code or, if it is undefined, all. */
  private failedMovies({ id }: Session, code: ErrorCode | undefined): LedgerMovie[] {
    const { reviews, movies } = this.context.ledger;
    const rejected = reviews.rejected(id);
    return movies
      .inState(id, 'failed')
      .filter((movie) => !rejected.has(movie.base) && (code === undefined || movie.errorCode === code));
  }

  /** Wakes the scheduler. @returns the summary of the session after a command */
  private summaryAfter(session: Session): SessionSummary {
    this.context.bus.emit('workAvailable');
    return summaryOf(this.context, session);
  }
}

/** The parameters of the last start with changes applied; parameters that are undefined are removed. */
function withChanges(values: ParameterValues, changes: Partial<ParameterValues>): ParameterValues {
  const { apix = values.apix, kev = values.kev } = changes;
  const all = Object.entries({ ...values, ...changes }).filter(([, value]) => value !== undefined);
  return { ...Object.fromEntries(all), apix, kev };
}

/**
 * A stop does not depend on files that do not respond, or on an owner file that is a pipe or huge: the last
 * known owner is used, and processes are ended before files are read.
 */
async function ignoreStuck(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof FileCallStuck) && !isUnusableFile(error)) throw error;
  }
}

/** `1 movie`, `2 movies`. */
const movieCount = (n: number): string => (n === 1 ? '1 movie' : `${n} movies`);
