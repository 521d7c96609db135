import type { QueryClient } from '@tanstack/react-query';
import type { MovieRow, SessionKey } from '../../../src/contract/api.ts';
import { keyText } from '../api/paths.ts';
import { sessionQuery } from '../api/queries.ts';

/** Delay after which the grid is requested again, once for all new movies. */
const GRID_GAP_MS = 1200;

/** Invalidates cached responses about one session after events; those on the screen are requested again. */
export class SessionCache {
  readonly #key: SessionKey;
  readonly #name: string;
  readonly #queryClient: QueryClient;
  #gridTimer: ReturnType<typeof setTimeout> | null = null;

  constructor(key: SessionKey, queryClient: QueryClient) {
    this.#key = key;
    this.#name = keyText(key);
    this.#queryClient = queryClient;
  }

  close(): void {
    if (this.#gridTimer !== null) clearTimeout(this.#gridTimer);
  }

  /** To be called when anything may have changed. */
  invalidateAll(): void {
    for (const kind of ['failures', 'movie', 'timeline', 'gain', 'grid']) this.#invalidate(kind);
    void this.#queryClient.invalidateQueries({ queryKey: sessionQuery(this.#key).queryKey });
  }

  invalidateTimeline(): void {
    this.#invalidate('timeline');
  }

  /** To be called when these movies have changed. */
  invalidateMovies(rows: readonly MovieRow[]): void {
    const bases = new Set<unknown>(rows.map((row) => row.base));
    void this.#queryClient.invalidateQueries({
      predicate: ({ queryKey: [kind, session, base] }) =>
        kind === 'movie' && session === this.#name && bases.has(base),
    });
    if (rows.some((row) => row.state === 'done')) this.#invalidate('gain');
    if (rows.some((row) => row.state === 'failed')) this.#invalidate('failures');
  }

  /** The grid is requested again only if a view shows it or the selection needs it. */
  invalidateGrid(): void {
    this.#gridTimer ??= setTimeout(() => {
      this.#gridTimer = null;
      // A request in progress is not cancelled: with many events, none would ever finish.
      void this.#queryClient.invalidateQueries({ queryKey: ['grid', this.#name] }, { cancelRefetch: false });
    }, GRID_GAP_MS);
  }

  #invalidate(kind: string): void {
    void this.#queryClient.invalidateQueries({ queryKey: [kind, this.#name] });
  }
}
