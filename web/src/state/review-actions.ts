import type { SessionKey } from '../../../src/contract/api.ts';
import type { ReviewChange, Verdict } from '../../../src/contract/review.ts';
import type { PageQueryClient } from '../api/page-query-client.ts';
import { keyText, sessionPath } from '../api/paths.ts';
import type { Series } from '../data/series.ts';
import { Observable, type Readable } from './observable.ts';

/** Maximum number of decisions that can be undone. */
const MAX_UNDOABLE = 200;

interface Decision {
  /** Movies by the verdict that they had before. */
  readonly before: ReadonlyMap<Verdict | null, readonly string[]>;
}

/** The movies that are reviewed. */
export interface ReviewedMovies {
  series(): Series;
  setVerdict(bases: readonly string[], verdict: Verdict | null): void;
}

/**
 * Reviews of movies: shown at once, sent in order, and reverted if the service refuses them.
 * `undo` restores the verdicts that the movies of the last decision had before it.
 */
export class ReviewActions {
  readonly #undoableCount = new Observable(0);
  readonly #lastRefusal = new Observable<unknown>(null);
  readonly #key: SessionKey;
  readonly #queryClient: PageQueryClient;
  readonly #movies: ReviewedMovies;
  /** Decisions that can be undone, newest last. */
  readonly #decisions: Decision[] = [];
  #lastRequest: Promise<void> = Promise.resolve();

  constructor(key: SessionKey, queryClient: PageQueryClient, movies: ReviewedMovies) {
    this.#key = key;
    this.#queryClient = queryClient;
    this.#movies = movies;
  }

  /** Number of decisions that can be undone. */
  get undoableCount(): Readable<number> {
    return this.#undoableCount;
  }

  /** Error of the last request that the service refused; views show it. */
  get lastRefusal(): Readable<unknown> {
    return this.#lastRefusal;
  }

  decide(bases: readonly string[], verdict: Verdict | null, note?: string): void {
    if (bases.length === 0) return;
    const before = this.#verdictsOf(bases);
    this.#decisions.push({ before });
    if (this.#decisions.length > MAX_UNDOABLE) this.#decisions.shift();
    this.#send(bases, { verdict, ...(note === undefined ? {} : { note }) }, before);
  }

  /** @returns the movies of the undone decision; none if nothing is left to undo */
  undo(): readonly string[] {
    const decision = this.#decisions.pop();
    if (decision === undefined) return [];
    for (const [verdict, bases] of decision.before) this.#send(bases, { verdict }, this.#verdictsOf(bases));
    return [...decision.before.values()].flat();
  }

  /** @throws ApiError if the service refuses the comment */
  comment(base: string, comment: string): Promise<void> {
    return this.#post([base], { comment: comment.trim() === '' ? null : comment.trim() });
  }

  #verdictsOf(bases: readonly string[]): Map<Verdict | null, string[]> {
    const series = this.#movies.series();
    const before = new Map<Verdict | null, string[]>();
    for (const base of bases) {
      const index = series.indexOf(base);
      const verdict = index === undefined ? null : series.verdict(index);
      const group = before.get(verdict);
      if (group) group.push(base);
      else before.set(verdict, [base]);
    }
    return before;
  }

  #send(
    bases: readonly string[],
    change: ReviewChange & { verdict: Verdict | null },
    before: Decision['before'],
  ): void {
    this.#show(bases, change.verdict);
    this.#post(bases, change).catch((error) => {
      for (const [verdict, group] of before) this.#show(group, verdict);
      this.#lastRefusal.set(error);
    });
  }

  #show(bases: readonly string[], verdict: Verdict | null): void {
    this.#undoableCount.set(this.#decisions.length);
    this.#movies.setVerdict(bases, verdict);
  }

  #post(bases: readonly string[], change: ReviewChange): Promise<void> {
    const request = this.#lastRequest.then(async () => {
      await this.#queryClient.api.post(`${sessionPath(this.#key)}/reviews`, { bases, ...change });
      this.#invalidate(bases);
    });
    this.#lastRequest = request.catch(() => undefined); // the error goes to the caller, not to the next request
    return request;
  }

  #invalidate(bases: readonly string[]): void {
    const name = keyText(this.#key);
    const reviewedBases = new Set<unknown>(bases);
    void this.#queryClient.invalidateQueries({
      predicate: ({ queryKey: [kind, session, base] }) =>
        session === name && (kind === 'failures' || (kind === 'movie' && reviewedBases.has(base))),
    });
  }
}
