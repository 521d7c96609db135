import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { FastifyReply } from 'fastify';
import type { LiveEvent, SessionKey } from '../contract/api.ts';

const HEARTBEAT_MS = 15_000;
/** Bytes that wait for a slow client before it is left behind. */
export const MOST_WAITING_BYTES = 1024 * 1024;
/** How long a client that was left behind may take to read what waits for it. */
const PATIENCE_MS = 30_000;
const RECONNECT_MS = 2000;

/**
 * One client's stream of server-sent events.
 *
 * flowing -> behind   more than MOST_WAITING_BYTES wait: further events are left out
 * behind  -> flowing  all was read: a `reset` says that events are missing
 * behind  -> closed   nothing moved for PATIENCE_MS
 * any     -> closed   the client went away, or the service ends
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #wants: (key: SessionKey) => boolean;
  readonly #heartbeat: NodeJS.Timeout;
  #patience: NodeJS.Timeout | null = null;
  #isBehind = false;
  #lastId: number | null = null;

  constructor(
    response: ServerResponse,
    headers: ReturnType<FastifyReply['getHeaders']>,
    wants: (key: SessionKey) => boolean,
  ) {
    this.#response = response;
    this.#wants = wants;
    response.writeHead(200, {
      ...(headers as OutgoingHttpHeaders),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    response.write(`retry: ${RECONNECT_MS}\n\n`);
    this.#heartbeat = setInterval(() => this.#beat(), HEARTBEAT_MS);
    this.#heartbeat.unref();
    response.on('error', () => response.destroy());
    response.once('close', () => this.#letGo());
  }

  onClosed(listener: () => void): void {
    if (this.#response.closed) listener();
    else this.#response.once('close', listener);
  }

  send(id: number | null, event: LiveEvent): void {
    if (id !== null) this.#lastId = id;
    if (event.event !== 'reset' && !this.#wants(event.data)) return;
    if (this.#isBehind || !this.#isOpen()) return;
    const name = id === null ? '' : `id: ${id}\n`;
    this.#response.write(`${name}event: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`);
    if (this.#response.writableLength > MOST_WAITING_BYTES) this.#fallBehind();
  }

  close(): void {
    if (!this.#isOpen()) return;
    this.#response.end();
    // A client that does not read would keep the connection, and with it the service, from ending.
    if (this.#response.writableLength > 0) this.#response.destroy();
  }

  #isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  #beat(): void {
    if (!this.#isBehind && this.#isOpen()) this.#response.write(': alive\n\n');
  }

  #fallBehind(): void {
    this.#isBehind = true;
    this.#patience = setTimeout(() => this.#response.destroy(), PATIENCE_MS);
    this.#patience.unref();
    this.#response.once('drain', () => {
      if (this.#patience) clearTimeout(this.#patience);
      this.#isBehind = false;
      this.send(this.#lastId, { event: 'reset', data: { reason: 'this client was too slow' } });
    });
  }

  #letGo(): void {
    clearInterval(this.#heartbeat);
    if (this.#patience) clearTimeout(this.#patience);
  }
}
