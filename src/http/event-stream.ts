import type { OutgoingHttpHeader, ServerResponse } from 'node:http';
import type { LiveEvent, SessionKey } from '../contract/api.ts';

const HEARTBEAT_MS = 15_000;
/** Unsent bytes of one client; beyond this, it is too slow and further events are dropped. */
export const MAX_UNSENT_BYTES = 1024 * 1024;
/** A client that is too slow must read the unsent bytes within this time, or it is disconnected. */
const CATCH_UP_TIMEOUT_MS = 30_000;
const RECONNECT_MS = 2000;

/**
 * One client's stream of server-sent events.
 *
 * flowing -> slow     more than MAX_UNSENT_BYTES are unsent: further events are dropped
 * slow    -> flowing  the client has read everything: a `reset` event reports that events are missing
 * slow    -> closed   the client has not read everything within CATCH_UP_TIMEOUT_MS
 * any     -> closed   the client disconnected, or the service stops
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #isWanted: (key: SessionKey) => boolean;
  readonly #heartbeat: NodeJS.Timeout;
  #catchUpTimer: NodeJS.Timeout | null = null;
  #isSlow = false;
  #lastId: number | null = null;

  constructor(
    response: ServerResponse,
    headers: Readonly<Record<string, OutgoingHttpHeader | undefined>>,
    isWanted: (key: SessionKey) => boolean,
  ) {
    this.#response = response;
    this.#isWanted = isWanted;
    for (const [name, value] of Object.entries(headers))
      if (value !== undefined) response.setHeader(name, value);
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    this.#heartbeat = setInterval(() => this.#sendHeartbeat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
    response.on('error', () => response.destroy());
    response.once('close', () => this.#release());
  }

  onClosed(listener: () => void): void {
    if (this.#response.closed) listener();
    else this.#response.once('close', listener);
  }

  send(id: number | null, event: LiveEvent): void {
    if (id !== null) this.#lastId = id;
    if (event.event !== 'reset' && !this.#isWanted(event.data)) return;
    if (this.#isSlow || !this.#isOpen()) return;
    const idLine = id === null ? '' : `id: ${id}\n`;
    this.#response.write(`${idLine}event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`);
    if (this.#response.writableLength > MAX_UNSENT_BYTES) this.#dropEvents();
  }

  close(): void {
    if (!this.#isOpen()) return;
    this.#response.end();
    // Otherwise a client that does not read keeps the connection open, and the service cannot stop.
    if (this.#response.writableLength > 0) this.#response.destroy();
  }

  #isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  #sendHeartbeat(): void {
    if (!this.#isSlow && this.#isOpen()) this.#response.write(': alive\n\n');
  }

  #dropEvents(): void {
    this.#isSlow = true;
    this.#catchUpTimer = setTimeout(() => this.#response.destroy(), CATCH_UP_TIMEOUT_MS);
    this.#catchUpTimer.unref();
    this.#response.once('drain', () => {
      if (this.#catchUpTimer) clearTimeout(this.#catchUpTimer);
      this.#isSlow = false;
      this.send(this.#lastId, { event: 'reset', data: { reason: 'this client was too slow' } });
    });
  }

  #release(): void {
    clearInterval(this.#heartbeat);
    if (this.#catchUpTimer) clearTimeout(this.#catchUpTimer);
  }
}
