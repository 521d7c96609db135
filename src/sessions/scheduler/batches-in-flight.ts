import type { Handle } from '../../executors/executor.ts';
import type { LedgerMovie } from '../ledger/rows.ts';
import type { Session } from '../session.ts';
import type { SessionRef } from '../session-ref.ts';

interface Common {
  readonly token: string;
  readonly session: Session;
  readonly handle: Handle;
  /** It was submitted by an earlier run of the service: its loss does not count against its movies. */
  readonly isInherited: boolean;
}

/** Movies of a session. */
export interface MovieBatch extends Common {
  readonly kind: 'movies';
  /** Those without a result, in the order in which the worker processes them. */
  readonly movies: readonly LedgerMovie[];
  readonly hasResults: boolean;
}

/**
 * A trial of parameters on one movie: it uses a slot like other batches, but its result does not belong to
 * the session.
 */
export interface TrialBatch extends Common {
  readonly kind: 'trial';
}

export type BatchInFlight = MovieBatch | TrialBatch;

/**
 * The batches of all sessions that were submitted and have not ended. A movie whose file changes leaves its
 * batch at once, and waits until that batch has ended, because its worker may still write outputs of the old
 * file.
 */
export class BatchesInFlight {
  private readonly byToken = new Map<string, BatchInFlight>();
  /** Session -> path -> token of the batch that it waits for. */
  private readonly changedMovies = new Map<number, Map<string, string>>();

  get size(): number {
    return this.byToken.size;
  }

  /** A copy: batches may end during the iteration. */
  all(): BatchInFlight[] {
    return [...this.byToken.values()];
  }

  of(session: SessionRef): BatchInFlight[] {
    return this.all().filter((batch) => batch.session.id === session.id);
  }

  find(token: string): BatchInFlight | null {
    return this.byToken.get(token) ?? null;
  }

  has(token: string): boolean {
    return this.byToken.has(token);
  }

  /** The present state of the batch of movies; null: it has ended. */
  movieBatch(token: string): MovieBatch | null {
    const batch = this.byToken.get(token);
    return batch?.kind === 'movies' ? batch : null;
  }

  countOn(executor: string): number {
    return this.all().filter(({ handle }) => handle.executor === executor).length;
  }

  /** Movies in flight of each session, by its id. */
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

  /** The executor has accepted it. */
  setHandle(token: string, handle: Handle): void {
    const batch = this.byToken.get(token);
    if (batch) this.byToken.set(token, { ...batch, handle });
  }

  /** One of its movies has a result. */
  resultTaken(token: string, seq: number): void {
    const batch = this.movieBatch(token);
    if (batch === null) return;
    const movies = batch.movies.filter((movie) => movie.seq !== seq);
    this.byToken.set(token, { ...batch, movies, hasResults: true });
  }

  /** The file of a movie in flight was replaced. */
  movieChanged(session: SessionRef, path: string, token: string): void {
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

  /** It has ended. */
  remove(token: string): void {
    const batch = this.byToken.get(token);
    this.byToken.delete(token);
    if (!batch) return;
    const changed = this.changedMovies.get(batch.session.id);
    for (const [path, holder] of changed ?? []) if (holder === token) changed?.delete(path);
  }
}
