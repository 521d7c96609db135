import type { Handle } from '../../executors/executor.ts';
import type { LedgerMovie } from '../ledger/rows.ts';
import type { Session } from '../session.ts';
import type { SessionRef } from '../session-ref.ts';

interface CommonFields {
  readonly token: string;
  readonly session: Session;
  readonly handle: Handle;
  /** Whether an earlier process of the service submitted it; then no attempt is counted if it is lost. */
  readonly isInherited: boolean;
}

/** A batch of movies of a session. */
export interface MovieBatch extends CommonFields {
  readonly kind: 'movies';
  /** Movies without a result, in the order in which the worker processes them. */
  readonly movies: readonly LedgerMovie[];
  readonly hasResults: boolean;
}

/**
 * A trial of parameters on one movie. It uses a slot like other batches, but its result is not a result of
 * the session.
 */
export interface TrialBatch extends CommonFields {
  readonly kind: 'trial';
}

export type BatchInFlight = MovieBatch | TrialBatch;

/**
 * The batches of all sessions that were submitted and have not ended. A movie whose file changes is removed
 * from its batch at once, but is not submitted again until that batch has ended, because the worker may still
 * write outputs of the old file.
 */
export class BatchesInFlight {
  private readonly byToken = new Map<string, BatchInFlight>();
  /** Batches whose workers have ended, but whose results cannot be stored yet. */
  private readonly ended = new Set<string>();
  /** Session -> path of a changed movie -> token of the batch that must end first. */
  private readonly changedMovies = new Map<number, Map<string, string>>();

  get size(): number {
    return this.byToken.size;
  }

  /** A copy: batches may end during the iteration. */
  all(): BatchInFlight[] {
    return [...this.byToken.values()];
  }

  ofSession(session: SessionRef): BatchInFlight[] {
    return this.all().filter((batch) => batch.session.id === session.id);
  }

  find(token: string): BatchInFlight | null {
    return this.byToken.get(token) ?? null;
  }

  has(token: string): boolean {
    return this.byToken.has(token);
  }

  /** The current state of a batch of movies; null: the batch has ended. */
  movieBatch(token: string): MovieBatch | null {
    const batch = this.byToken.get(token);
    return batch?.kind === 'movies' ? batch : null;
  }

  /** Number of batches that use an executor. */
  countOn(executor: string): number {
    return this.all().filter(({ handle, token }) => handle.executor === executor && !this.ended.has(token))
      .length;
  }

  /** Number of movies in flight, by the id of their session. */
  movieCounts(): ReadonlyMap<number, number> {
    const counts = new Map<number, number>();
    for (const batch of this.byToken.values()) {
      const movies = batch.kind === 'movies' ? batch.movies.length : 1;
      counts.set(batch.session.id, (counts.get(batch.session.id) ?? 0) + movies);
    }
    return counts;
  }

  add(batch: BatchInFlight): void {
    this.byToken.set(batch.token, batch);
  }

  /** Called when the executor has accepted a batch. */
  setHandle(token: string, handle: Handle): void {
    const batch = this.byToken.get(token);
    if (batch) this.byToken.set(token, { ...batch, handle });
  }

  /** Called when the result of a movie in a batch was stored. */
  onResultStored(token: string, seq: number): void {
    const batch = this.movieBatch(token);
    if (batch === null) return;
    const movies = batch.movies.filter((movie) => movie.seq !== seq);
    this.byToken.set(token, { ...batch, movies, hasResults: true });
  }

  /** Called when the file of a movie in flight was replaced. */
  onMovieChanged(session: SessionRef, path: string, token: string): void {
    const batch = this.movieBatch(token);
    if (batch !== null)
      this.byToken.set(token, { ...batch, movies: batch.movies.filter((movie) => movie.path !== path) });
    const changed = this.changedMovies.get(session.id) ?? new Map<string, string>();
    this.changedMovies.set(session.id, changed.set(path, token));
  }

  /** Paths of movies that must wait until a batch has ended. */
  blockedPaths(session: SessionRef): ReadonlySet<string> {
    return new Set(this.changedMovies.get(session.id)?.keys());
  }

  /** Called when the workers of a batch have ended: it no longer uses its executor. */
  onWorkersEnded(token: string): void {
    if (this.byToken.has(token)) this.ended.add(token);
  }

  /** Called when a batch has ended and its results are stored. */
  remove(token: string): void {
    const batch = this.byToken.get(token);
    this.byToken.delete(token);
    this.ended.delete(token);
    if (!batch) return;
    const changed = this.changedMovies.get(batch.session.id);
    for (const [path, awaitedToken] of changed ?? []) if (awaitedToken === token) changed?.delete(path);
  }
}
