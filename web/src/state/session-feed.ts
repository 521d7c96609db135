import type { LiveEvent, MovieRow, SessionKey, SessionSummary } from '../../../src/contract/api.ts';
import type { Verdict } from '../../../src/contract/review.ts';
import { isSameSession } from '../api/paths.ts';
import type { Series } from '../data/series.ts';
import { SeriesStore } from '../data/series-store.ts';
import { LiveConnection } from './connection.ts';
import { EventBuffer } from './event-buffer.ts';
import { GridRegionIndex } from './grid-region-index.ts';
import { Observable, type Readable } from './observable.ts';
import { ReviewActions } from './review-actions.ts';
import { SelectionModel } from './selection-model.ts';
import { SeriesLoader } from './series-loader.ts';
import type { PageServices } from './services.ts';
import { SessionCache } from './session-cache.ts';
import type { SummaryCache } from './summary-cache.ts';

/**
 * The movies are loaded after the live connection has been opened, so that no event is missed in between; if
 * it is not opened, they are loaded after this time.
 */
const LOAD_WITHOUT_EVENTS_MS = 800;

export interface SeriesSnapshot {
  readonly series: Series;
  readonly phase: 'loading' | 'ready' | 'error';
}

/** One session, live: its finished movies as columns, and its summary kept up to date in the query cache. */
export class SessionFeed {
  readonly key: SessionKey;
  readonly connection: LiveConnection;
  readonly reviews: ReviewActions;
  readonly selection: SelectionModel;
  readonly #summaries: SummaryCache;
  readonly #cache: SessionCache;
  readonly #regions: GridRegionIndex;
  readonly #loader: SeriesLoader;
  #store = new SeriesStore();
  readonly #series: Observable<SeriesSnapshot>;
  readonly #loadTimer: ReturnType<typeof setTimeout>;
  /**
   * The newest row of each movie that changed while the tab was hidden: it is shown when the tab is visible
   * again.
   */
  readonly #rowsWhileHidden = new Map<string, MovieRow>();
  readonly #events = new EventBuffer<LiveEvent>((events) => this.#applyEvents(events));

  constructor(key: SessionKey, { queryClient, summaries, connections }: PageServices) {
    this.key = key;
    this.#summaries = summaries;
    this.#cache = new SessionCache(key, queryClient);
    this.#loader = new SeriesLoader(key, queryClient.api);
    this.#regions = new GridRegionIndex(key, queryClient, () => this.selection.refresh());
    this.selection = new SelectionModel(() => this.#store.series, this.#regions);
    this.#series = new Observable<SeriesSnapshot>({ series: this.#store.series, phase: 'loading' });
    this.reviews = new ReviewActions(key, queryClient, {
      series: () => this.#store.series,
      setVerdict: (bases, verdict) => this.#setVerdict(bases, verdict),
    });
    this.connection = new LiveConnection(key, {
      onOpen: connections.countOpened,
      onEvent: (event) => this.#events.add(event),
      onReload: () => this.reload(),
    });
    document.addEventListener('visibilitychange', this.#onVisibility);
    this.#loadTimer = setTimeout(() => void this.#load(), LOAD_WITHOUT_EVENTS_MS);
  }

  /** Finished movies; a new snapshot whenever something has changed. */
  get series(): Readable<SeriesSnapshot> {
    return this.#series;
  }

  close(): void {
    clearTimeout(this.#loadTimer);
    this.#cache.close();
    this.#regions.close();
    this.#loader.abort();
    this.#events.clear();
    this.connection.close();
    document.removeEventListener('visibilitychange', this.#onVisibility);
  }

  reload(): void {
    void this.#load();
    this.#cache.invalidateAll();
  }

  /**
   * Fills a new store. The first store is shown while it grows; a later one replaces the old one when it is
   * complete.
   */
  async #load(): Promise<void> {
    clearTimeout(this.#loadTimer);
    this.#rowsWhileHidden.clear();
    const isFirst = this.#store.series.size === 0;
    try {
      const store = await this.#loader.load((growing) => {
        if (isFirst) this.#show(growing, 'loading');
      });
      if (store !== null) this.#show(store, 'ready');
    } catch {
      // The state of the connection shows the reason; the movies on the screen stay.
      this.#show(this.#store, this.#store.series.size > 0 ? 'ready' : 'error');
    }
  }

  #applyEvents(events: readonly LiveEvent[]): void {
    const rows: MovieRow[] = [];
    let summary: SessionSummary | null = null;
    for (const { event, data } of events) {
      if (event === 'reset' || !isSameSession(data, this.key)) continue;
      if (event === 'session') summary = data;
      else rows.push(data.row);
    }
    if (summary !== null) this.#summaries.patch([summary]);
    this.#loader.keepIfLoading(rows);
    if (document.hidden) for (const row of rows) this.#rowsWhileHidden.set(row.base, row);
    else this.#applyRows(rows);
  }

  #onVisibility = (): void => {
    if (document.hidden) return;
    const rows = [...this.#rowsWhileHidden.values()];
    this.#rowsWhileHidden.clear();
    this.#applyRows(rows);
  };

  #applyRows(rows: readonly MovieRow[]): void {
    this.#cache.invalidateTimeline();
    if (rows.length === 0) return;
    // A review of a known movie does not change the grid.
    const { series } = this.#store;
    if (rows.some((row) => row.state !== 'done' || series.indexOf(row.base) === undefined))
      this.#cache.invalidateGrid();
    // During the first load, the loader adds these rows after the last page.
    if (this.#series.get().phase !== 'loading') this.#store.apply(rows);
    this.#cache.invalidateMovies(rows);
    this.#show(this.#store, this.#series.get().phase);
  }

  #setVerdict(bases: readonly string[], verdict: Verdict | null): void {
    this.#store.setVerdict(bases, verdict);
    this.#show(this.#store, this.#series.get().phase);
  }

  #show(store: SeriesStore, phase: SeriesSnapshot['phase']): void {
    this.#store = store;
    this.selection.refresh();
    this.#series.set({ series: store.series, phase });
  }
}
