import type {
  LiveEvent,
  MovieRow,
  SessionDetail,
  SessionKey,
  SessionSummary,
} from '../../../src/contract/api.ts';
import { call } from '../api/client.ts';
import { keyText, sameSession, sessionPath } from '../api/paths.ts';
import { noticeRefusal, queryClient, sessionQuery, sessionsQuery } from '../api/queries.ts';
import { SeriesStore } from '../data/series-store.ts';
import { Batch } from './batch.ts';
import { LiveConnection } from './connection.ts';
import { Observable } from './observable.ts';

/** Rows per request of the series; the service caps it. */
const SERIES_LIMIT = 1000;
const LOAD_WITHOUT_EVENTS_MS = 800;

export interface SeriesSnapshot {
  readonly store: SeriesStore;
  /** Changes whenever the store does, so that views notice. */
  readonly version: number;
  readonly phase: 'loading' | 'ready' | 'error';
}

/** One session, live: its finished movies as columns, and its summary kept fresh in the query cache. */
export class SessionFeed {
  readonly key: SessionKey;
  readonly series: Observable<SeriesSnapshot>;
  readonly connection: LiveConnection;
  #store = new SeriesStore();
  readonly #patience: ReturnType<typeof setTimeout>;
  #load: AbortController | null = null;
  /** Bases that events named while the series was being loaded: the event is the newer of the two. */
  #touched = new Set<string>();
  readonly #batch = new Batch<LiveEvent>((events) => this.#take(events));

  constructor(key: SessionKey) {
    this.key = key;
    this.series = new Observable<SeriesSnapshot>({ store: this.#store, version: 0, phase: 'loading' });
    this.connection = new LiveConnection(key, {
      event: (event) => this.#batch.add(event),
      reload: () => this.reload(),
    });
    // Loaded once events flow, so that nothing falls in between; but the points do not depend on events for long.
    this.#patience = setTimeout(() => void this.#loadSeries(), LOAD_WITHOUT_EVENTS_MS);
  }

  close(): void {
    clearTimeout(this.#patience);
    this.#load?.abort();
    this.#batch.clear();
    this.connection.close();
  }

  reload(): void {
    void this.#loadSeries();
    const name = keyText(this.key);
    for (const queryKey of [
      sessionQuery(this.key).queryKey,
      ['failures', name],
      ['movie', name],
      ['gain', name],
    ])
      void queryClient.invalidateQueries({ queryKey });
  }

  async #loadSeries(): Promise<void> {
    clearTimeout(this.#patience);
    this.#load?.abort();
    const load = new AbortController();
    this.#load = load;
    this.#touched.clear();
    const seen = new Set<string>();
    try {
      let after: number | null = null;
      for (;;) {
        const query = new URLSearchParams({ limit: String(SERIES_LIMIT) });
        if (after !== null) query.set('after', String(after));
        const rows: MovieRow[] = await call(`${sessionPath(this.key)}/series?${query}`, {
          signal: load.signal,
        });
        if (load.signal.aborted) return;
        if (rows.length === 0) break;
        for (const row of rows) seen.add(row.base);
        this.#store.apply(rows.filter((row) => !this.#touched.has(row.base)));
        after = rows[rows.length - 1]!.seq;
        this.#publish('loading');
      }
      this.#forget(seen);
      this.#load = null;
      this.#publish('ready');
    } catch (error) {
      if (load.signal.aborted) return;
      this.#load = null;
      noticeRefusal(error);
      this.#publish(this.#store.size > 0 ? 'ready' : 'error');
    }
  }

  /** After a complete load, movies that the service no longer counts as finished leave the plots. */
  #forget(seen: ReadonlySet<string>): void {
    const gone = this.#store.bases.filter((base) => !seen.has(base) && !this.#touched.has(base));
    this.#store.remove(gone);
  }

  #take(events: LiveEvent[]): void {
    const rows: MovieRow[] = [];
    let summary: SessionSummary | null = null;
    for (const { event, data } of events) {
      if (event === 'reset' || !sameSession(data, this.key)) continue;
      if (event === 'session') summary = data;
      else rows.push(data.row);
    }
    if (summary !== null) patchSummary(summary);
    const name = keyText(this.key);
    if (rows.length === 0) return;
    if (rows.some((row) => row.state === 'done'))
      void queryClient.invalidateQueries({ queryKey: ['gain', name] });
    if (this.#load !== null) for (const row of rows) this.#touched.add(row.base);
    this.#store.apply(rows);
    for (const row of rows) void queryClient.invalidateQueries({ queryKey: ['movie', name, row.base] });
    if (rows.some((row) => row.state === 'failed'))
      void queryClient.invalidateQueries({ queryKey: ['failures', name] });
    this.#publish(this.series.get().phase);
  }

  #publish(phase: SeriesSnapshot['phase']): void {
    const now = this.series.get();
    if (now.version === this.#store.version && now.phase === phase) return;
    this.series.set({ store: this.#store, version: this.#store.version, phase });
  }
}

/** Puts a summary from an event into the caches of the list and of the session. */
export function patchSummary(summary: SessionSummary): void {
  queryClient.setQueryData<SessionDetail>(sessionQuery(summary).queryKey, (old) =>
    old === undefined ? old : { ...old, ...summary },
  );
  queryClient.setQueryData<SessionSummary[]>(sessionsQuery.queryKey, (old) => {
    if (old === undefined) return old;
    const index = old.findIndex((s) => sameSession(s, summary));
    return index < 0 ? [...old, summary] : old.with(index, summary);
  });
}
