import { Worker } from 'node:worker_threads';
import { CodedError, ERRORS } from '../../contract/errors.ts';
import type { TileInfo } from '../../contract/tiles.ts';
import type { TileRequest } from './tile-source.ts';
import type { NumberedJob, TileJob, TileResponse } from './tile-worker.ts';

/**
 * Maximum number of waiting requests; if it is exceeded, the oldest one is refused, because its tile is no
 * longer on the screen.
 */
const MAX_WAITING = 256;
/** The thread is terminated, with its cache, after this time without a request. */
const IDLE_MS = 5 * 60_000;
/** A file server that does not respond for this long is considered to hang. */
const RESPONSE_TIMEOUT_MS = 30_000;

interface PendingRequest {
  readonly job: TileJob;
  onResponse(response: TileResponse): void;
  reject(error: Error): void;
}

/**
 * Sends requests to a thread that makes tiles; the first request starts the thread. The thread gets one
 * request at a time, so that waiting requests can still be cancelled.
 */
export class TileMaker {
  #worker: Worker | null = null;
  #current: { readonly number: number; readonly waiting: PendingRequest } | null = null;
  #lastNumber = 0;
  #timer: NodeJS.Timeout | null = null;
  readonly #waiting: PendingRequest[] = [];

  /** @throws CodedError UNREACHABLE, CANCELLED, MOVIE_* */
  info(path: string, signal: AbortSignal): Promise<TileInfo> {
    return this.#request({ kind: 'info', path }, signal, (response) =>
      'info' in response ? response.info : null,
    );
  }

  /** A JPEG file's bytes. @throws CodedError NO_SUCH_PICTURE, UNREACHABLE, CANCELLED, MOVIE_* */
  tile(request: TileRequest, signal: AbortSignal): Promise<Uint8Array> {
    return this.#request({ kind: 'tile', request }, signal, (response) =>
      'jpeg' in response ? response.jpeg : null,
    );
  }

  async close(): Promise<void> {
    for (const pending of this.#waiting.splice(0)) pending.reject(new CodedError('CANCELLED', ''));
    await this.#end(new CodedError('CANCELLED', ''));
  }

  /** @param resultOf - null for a response to another kind of request */
  #request<Result>(
    job: TileJob,
    signal: AbortSignal,
    resultOf: (response: TileResponse) => Result | null,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      const onResponse = (response: TileResponse) => {
        const result = resultOf(response);
        if (result === null) reject(errorOf(response));
        else resolve(result);
      };
      const pending: PendingRequest = { job, onResponse, reject };
      const cancel = () => {
        const index = this.#waiting.indexOf(pending);
        if (index >= 0) this.#waiting.splice(index, 1);
        reject(new CodedError('CANCELLED', 'The client has disconnected.'));
      };
      if (signal.aborted) return cancel();
      signal.addEventListener('abort', cancel, { once: true });
      this.#waiting.push(pending);
      if (this.#waiting.length > MAX_WAITING)
        this.#waiting.shift()?.reject(new CodedError('UNREACHABLE', 'Too many tiles are requested at once.'));
      this.#next();
    });
  }

  #next(): void {
    if (this.#current !== null) return;
    const waiting = this.#waiting.shift();
    this.#setTimer(waiting ? RESPONSE_TIMEOUT_MS : IDLE_MS);
    if (!waiting) return;
    this.#worker ??= this.#start();
    this.#current = { number: ++this.#lastNumber, waiting };
    const message: NumberedJob = { number: this.#lastNumber, ...waiting.job };
    this.#worker.postMessage(message);
  }

  #setTimer(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => void this.#end(new CodedError('UNREACHABLE', 'The file server does not respond.')),
      ms,
    );
    this.#timer.unref();
  }

  #start(): Worker {
    const worker = new Worker(new URL('./tile-worker.ts', import.meta.url));
    worker.unref();
    worker.on('message', (response: TileResponse) => this.#receive(response));
    worker.on('error', (error: Error) => {
      if (worker === this.#worker)
        void this.#end(new CodedError('INTERNAL', `The tile thread ended: ${error.message}`));
    });
    return worker;
  }

  #receive(response: TileResponse): void {
    if (this.#current?.number !== response.number) return;
    const { waiting } = this.#current;
    this.#current = null;
    waiting.onResponse(response);
    this.#next();
  }

  async #end(reason: CodedError): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    const worker = this.#worker;
    const current = this.#current;
    this.#worker = null;
    this.#current = null;
    current?.waiting.reject(reason);
    await worker?.terminate();
    if (this.#waiting.length > 0) this.#next();
  }
}

function errorOf(response: TileResponse): CodedError {
  if (!('code' in response))
    return new CodedError('INTERNAL', 'The tile thread sent an unexpected response.');
  return new CodedError(response.code, response.message.replace(ERRORS[response.code].text, '').trim());
}
