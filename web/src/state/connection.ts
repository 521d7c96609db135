import type { LiveEvent, SessionKey } from '../../../src/contract/api.ts';
import { eventsPath } from '../api/paths.ts';
import { Observable } from './observable.ts';

export interface ConnectionState {
  readonly status: 'connecting' | 'open' | 'lost';
  /** When the connection was lost, epoch ms. */
  readonly lostAtMs: number | null;
}

export interface LiveHandlers {
  onOpen(): void;
  onEvent(event: LiveEvent): void;
  /**
   * Events may have been missed: load everything again. Also called after the first connection was opened.
   */
  onReload(): void;
}

const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 15_000;

/**
 * Live events of one session, or of all sessions. States: connecting -> open -> lost -> open ...
 * The browser's EventSource reconnects automatically and sends Last-Event-ID; if it gives up (a response
 * other than 200, or the machine was offline), a new one is opened, which has no last id, and everything is
 * reloaded.
 */
export class LiveConnection {
  readonly state = new Observable<ConnectionState>({ status: 'connecting', lostAtMs: null });
  #source: EventSource | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #retryMs = FIRST_RETRY_MS;
  #hasReceivedId = false;
  #needsReload = true;
  readonly #url: string;
  readonly #handlers: LiveHandlers;

  constructor(scope: SessionKey | null, handlers: LiveHandlers) {
    this.#url = eventsPath(scope);
    this.#handlers = handlers;
    window.addEventListener('offline', this.#onOffline);
    window.addEventListener('online', this.retryNow);
    this.#open();
  }

  close(): void {
    window.removeEventListener('offline', this.#onOffline);
    window.removeEventListener('online', this.retryNow);
    this.#closeSource();
  }

  retryNow = (): void => {
    this.#retryMs = FIRST_RETRY_MS;
    this.#open();
  };

  #onOffline = (): void => {
    this.#closeSource();
    this.#setLost();
    this.#retryLater();
  };

  #closeSource(): void {
    this.#source?.close();
    this.#source = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #open(): void {
    this.#closeSource();
    this.#hasReceivedId = false;
    this.#needsReload = true;
    const source = new EventSource(this.#url);
    this.#source = source;
    source.onopen = () => {
      this.#retryMs = FIRST_RETRY_MS;
      this.state.set({ status: 'open', lostAtMs: null });
      this.#handlers.onOpen();
      // Without the id of the last event, the service cannot send what was missed.
      if (this.#needsReload || !this.#hasReceivedId) this.#handlers.onReload();
      this.#needsReload = false;
    };
    source.onerror = () => {
      this.#setLost();
      if (source.readyState === EventSource.CLOSED) {
        this.#closeSource();
        this.#retryLater();
      }
    };
    for (const name of ['session', 'movie', 'reset'] as const) {
      source.addEventListener(name, (message: MessageEvent<string>) => {
        if (message.lastEventId !== '') this.#hasReceivedId = true;
        const event = { event: name, data: JSON.parse(message.data) } as LiveEvent;
        if (event.event === 'reset') this.#handlers.onReload();
        else this.#handlers.onEvent(event);
      });
    }
  }

  #setLost(): void {
    const { status } = this.state.get();
    if (status !== 'lost') this.state.set({ status: 'lost', lostAtMs: Date.now() });
  }

  #retryLater(): void {
    this.#timer = setTimeout(() => this.#open(), this.#retryMs);
    this.#retryMs = Math.min(MAX_RETRY_MS, this.#retryMs * 2);
  }
}
