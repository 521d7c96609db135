import type { MovieRow, SessionKey } from '../../../src/contract/api.ts';
import { decodeColumns } from '../../../src/contract/columns.ts';
import type { ApiClient } from '../api/client.ts';
import { sessionPath } from '../api/paths.ts';
import { SeriesStore } from '../data/series-store.ts';

/** Interval at which the movies loaded so far are shown. */
const PROGRESS_GAP_MS = 600;

/** Loads the finished movies of a session, page by page, into a new store. */
export class SeriesLoader {
  readonly #key: SessionKey;
  readonly #api: ApiClient;
  #load: AbortController | null = null;
  /** Rows from events during the load: they are newer than the loaded rows. */
  #rowsDuringLoad: MovieRow[] = [];

  constructor(key: SessionKey, api: ApiClient) {
    this.#key = key;
    this.#api = api;
  }

  get isLoading(): boolean {
    return this.#load !== null;
  }

  /** Keeps rows that arrive during a load, and applies them at its end; other rows are ignored. */
  keepIfLoading(rows: readonly MovieRow[]): void {
    if (this.#load !== null) this.#rowsDuringLoad.push(...rows);
  }

  abort(): void {
    this.#load?.abort();
    this.#load = null;
  }

  /**
   * Loads everything; a load in progress is aborted.
   * @param onProgress - called with the growing store
   * @returns null if the load was aborted
   * @throws ApiError if the service refuses the request or does not respond
   */
  async load(onProgress: (store: SeriesStore) => void): Promise<SeriesStore | null> {
    this.abort();
    const load = new AbortController();
    this.#load = load;
    this.#rowsDuringLoad = [];
    try {
      const store = await this.#loadPages(load.signal, onProgress);
      if (load.signal.aborted) return null;
      store.apply(this.#rowsDuringLoad);
      return store;
    } catch (error) {
      if (load.signal.aborted) return null;
      throw error;
    } finally {
      if (this.#load === load) this.#load = null;
    }
  }

  async #loadPages(signal: AbortSignal, onProgress: (store: SeriesStore) => void): Promise<SeriesStore> {
    const store = new SeriesStore();
    let nextProgressMs = 0;
    for (let query = ''; ; ) {
      const columns = decodeColumns(
        await this.#api.getBytes(`${sessionPath(this.#key)}/columns${query}`, signal),
      );
      if (signal.aborted) return store;
      store.append(columns);
      const last = columns.seq.at(-1);
      if (!columns.hasMore || last === undefined) return store;
      if (performance.now() >= nextProgressMs) {
        onProgress(store);
        nextProgressMs = performance.now() + PROGRESS_GAP_MS;
      }
      query = `?after=${last}`;
    }
  }
}
