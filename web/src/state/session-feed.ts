import type {
  LiveEvent,
  MovieRow,
  SessionDetail,
  SessionKey,
  SessionSummary,
} from '../../../src/contract/api.ts';
import { decodeColumns } from '../../../src/contract/columns.ts';
import { callForBytes } from '../api/client.ts';
import { keyText, sameSession, sessionPath } from '../api/paths.ts';
import { noticeRefusal, queryClient, sessionQuery, sessionsQuery } from '../api/queries.ts';
import { SeriesStore } from '../data/series-store.ts';
import { Batch } from './batch.ts';
import { LiveConnection } from './connection.ts';
import { GridPlaces } from './grid-places.ts';
import { Observable } from './observable.ts';
import { ReviewDesk } from './review-desk.ts';
import { SelectionModel } from './selection-model.ts';

const LOAD_WITHOUT_EVENTS_MS = 800;
/** New movies are looked up on the grid together, after so long. */
const GRID_GAP_MS = 1200;
/** While the first load goes on, the movies so far are shown as often. */
const SHOW_GAP_MS = 600;

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
  readonly desk: ReviewDesk;
  readonly selection: SelectionModel;
  readonly #places: GridPlaces;
  #gridTimer: ReturnType<typeof setTimeout> | null = null;
  #store = new SeriesStore();
  #version = 0;
  readonly #patience: ReturnType<typeof setTimeout>;
  #load: AbortController | null = null;
  /** Rows that events brought while the columns were being loaded: the event is the newer of the two. */
  #meanwhile: MovieRow[] = [];
  /** The newest of each movie that changed while nobody looked: to plot and to list it then would be work for nobody. */
  readonly #unseen = new Map<string, MovieRow>();
  readonly #batch = new Batch<LiveEvent>((events) => this.#take(events));

  constructor(key: SessionKey) {
    this.key = key;
    this.#places = new GridPlaces(key, () => this.selection.refresh());
    this.selection = new SelectionModel(() => this.#store, this.#places);
    this.series = new Observable<SeriesSnapshot>({ store: this.#store, version: 0, phase: 'loading' });
    this.desk = new ReviewDesk(key, {
      store: () => this.#store,
      changed: () => this.#publish(this.series.get().phase),
    });
    this.connection = new LiveConnection(key, {
      event: (event) => this.#batch.add(event),
      reload: () => this.reload(),
    });
    document.addEventListener('visibilitychange', this.#look);
    // Loaded once events flow, so that nothing falls in between; but the points do not depend on events for long.
    this.#patience = setTimeout(() => void this.#loadSeries(), LOAD_WITHOUT_EVENTS_MS);
  }

  close(): void {
    clearTimeout(this.#patience);
    if (this.#gridTimer !== null) clearTimeout(this.#gridTimer);
    this.#places.close();
    this.#load?.abort();
    this.#batch.clear();
    this.connection.close();
    document.removeEventListener('visibilitychange', this.#look);
  }

  reload(): void {
    void this.#loadSeries();
    const name = keyText(this.key);
    const others = ['failures', 'movie', 'timeline', 'gain', 'grid'].map((kind) => [kind, name]);
    for (const queryKey of [sessionQuery(this.key).queryKey, ...others])
      void queryClient.invalidateQueries({ queryKey });
  }

  /** Fills a new store; the first one is shown as it grows, a later one takes the place of the old when it is whole. */
  async #loadSeries(): Promise<void> {
    clearTimeout(this.#patience);
    this.#load?.abort();
    const load = new AbortController();
    this.#load = load;
    this.#meanwhile = [];
    this.#unseen.clear();
    const isFirst = this.#store.size === 0;
    const fresh = new SeriesStore();
    let nextShowMs = 0;
    try {
      for (let after: number | null = null; ; ) {
        const query = after === null ? '' : `?after=${after}`;
        const bytes = await callForBytes(`${sessionPath(this.key)}/columns${query}`, load.signal);
        if (load.signal.aborted) return;
        const columns = decodeColumns(bytes);
        fresh.append(columns);
        if (!columns.more) break;
        if (isFirst && performance.now() >= nextShowMs) {
          this.#show(fresh, 'loading');
          nextShowMs = performance.now() + SHOW_GAP_MS;
        }
        after = columns.seq[columns.rows - 1]!;
      }
      this.#load = null;
      fresh.apply(this.#meanwhile);
      this.#show(fresh, 'ready');
    } catch (error) {
      if (load.signal.aborted) return;
      this.#load = null;
      noticeRefusal(error);
      this.#publish(this.#store.size > 0 ? 'ready' : 'error');
    }
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
    if (this.#load !== null) this.#meanwhile.push(...rows);
    if (document.hidden) for (const row of rows) this.#unseen.set(row.base, row);
    else this.#takeRows(rows);
  }

  /** Somebody looks again, or nobody does any more. */
  #look = (): void => {
    if (document.hidden) return;
    const rows = [...this.#unseen.values()];
    this.#unseen.clear();
    this.#takeRows(rows);
  };

  #takeRows(rows: readonly MovieRow[]): void {
    void queryClient.invalidateQueries({ queryKey: ['timeline', keyText(this.key)] });
    if (rows.length === 0) return;
    // A verdict on a movie that is known moves nothing on the grid.
    if (rows.some((row) => row.state !== 'done' || this.#store.indexOf(row.base) === undefined))
      this.#lookAtGrid();
    this.#store.apply(rows);
    this.#forgetAnswers(rows);
    this.#publish(this.series.get().phase);
  }

  /** Asked for again only where somebody looks at the grid, or a square or hole selects. */
  #lookAtGrid(): void {
    this.#gridTimer ??= setTimeout(() => {
      this.#gridTimer = null;
      // One that is under way is not given up: under many events none would ever end.
      void queryClient.invalidateQueries({ queryKey: ['grid', keyText(this.key)] }, { cancelRefetch: false });
    }, GRID_GAP_MS);
  }

  /** Answers about these movies that somebody looks at are asked for again. */
  #forgetAnswers(rows: readonly MovieRow[]): void {
    const name = keyText(this.key);
    const bases = new Set(rows.map((row) => row.base));
    void queryClient.invalidateQueries({
      predicate: ({ queryKey: [kind, session, base] }) =>
        kind === 'movie' && session === name && bases.has(base as string),
    });
    if (rows.some((row) => row.state === 'done'))
      void queryClient.invalidateQueries({ queryKey: ['gain', name] });
    if (rows.some((row) => row.state === 'failed'))
      void queryClient.invalidateQueries({ queryKey: ['failures', name] });
  }

  #show(store: SeriesStore, phase: SeriesSnapshot['phase']): void {
    this.#store = store;
    this.selection.refresh();
    this.series.set({ store, version: ++this.#version, phase });
  }

  #publish(phase: SeriesSnapshot['phase']): void {
    this.selection.refresh();
    this.series.set({ store: this.#store, version: ++this.#version, phase });
  }
}

/** Puts a summary from an event into the caches of the list and of the session. */
export const patchSummary = (summary: SessionSummary): void => patchSummaries([summary]);

/** As `patchSummary`, of many sessions at once. */
export function patchSummaries(summaries: readonly SessionSummary[]): void {
  const fresh = new Map(summaries.map((summary) => [keyText(summary), summary]));
  for (const summary of fresh.values()) {
    const before = knownSummary(summary);
    if (before) watcher?.(before, summary);
    queryClient.setQueryData<SessionDetail>(sessionQuery(summary).queryKey, (old) =>
      old === undefined ? old : { ...old, ...summary },
    );
  }
  queryClient.setQueryData<SessionSummary[]>(sessionsQuery.queryKey, (old) => {
    if (old === undefined) return old;
    const rest = new Map(fresh);
    const next = old.map((known) => {
      const summary = rest.get(keyText(known));
      rest.delete(keyText(known));
      return summary ?? known;
    });
    return [...next, ...rest.values()];
  });
}

const knownSummary = (key: SessionKey): SessionSummary | undefined =>
  queryClient.getQueryData<SessionDetail>(sessionQuery(key).queryKey) ??
  queryClient.getQueryData<SessionSummary[]>(sessionsQuery.queryKey)?.find((s) => sameSession(s, key));

/** Told of every change of a session that is met: what it was, what it is. */
let watcher: ((before: SessionSummary, now: SessionSummary) => void) | null = null;
export const watchSummaries = (next: typeof watcher): void => {
  watcher = next;
};
