import { Worker } from 'node:worker_threads';
import { CodedError, ERRORS } from '../../contract/errors.ts';
import type { TileInfo } from '../../contract/tiles.ts';
import type { TileRequest } from './tile-source.ts';
import type { FromTileWorker, TileQuestion, ToTileWorker } from './tile-worker.ts';

/**
 * Maximum number of waiting requests; beyond it the oldest is refused, because its tile is no longer on the
 * screen.
 */
const MAX_WAITING = 256;
/** The thread is terminated, with its cache, after this time without a request. */
const IDLE_MS = 5 * 60_000;
/** A file server without a response for this time is considered to hang. */
const ANSWER_TIMEOUT_MS = 30_000;

interface Waiting {
  readonly question: TileQuestion;
  take(answer: FromTileWorker): void;
  reject(error: Error): void;
}

/**
 * Main thread's end of the thread that makes tiles. The first request starts it; it gets one request at a
 * time, so that waiting requests can still be cancelled.
 */
export class TileMaker {
  #worker: Worker | null = null;
  #current: { readonly number: number; readonly waiting: Waiting } | null = null;
  #lastNumber = 0;
  #timer: NodeJS.Timeout | null = null;
  readonly #waiting: Waiting[] = [];

  /** @throws CodedError UNREACHABLE, CANCELLED, MOVIE_* */
  info(path: string, signal: AbortSignal): Promise<TileInfo> {
    return this.#request({ kind: 'info', path }, signal, (answer) => ('info' in answer ? answer.info : null));
  }

  /** A JPEG file's bytes. @throws CodedError NO_SUCH_PICTURE, UNREACHABLE, CANCELLED, MOVIE_* */
  tile(request: TileRequest, signal: AbortSignal): Promise<Uint8Array> {
    return this.#request({ kind: 'tile', request }, signal, (answer) =>
      'jpeg' in answer ? answer.jpeg : null,
    );
  }

  async close(): Promise<void> {
    for (const one of this.#waiting.splice(0)) one.reject(new CodedError('CANCELLED', ''));
    await this.#end(new CodedError('CANCELLED', ''));
  }

  /** @param answerOf - null for a response to another kind of request */
  #request<Answer>(
    question: TileQuestion,
    signal: AbortSignal,
    answerOf: (answer: FromTileWorker) => Answer | null,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const take = (answer: FromTileWorker) => {
        const found = answerOf(answer);
        if (found === null) reject(errorOf(answer));
        else resolve(found);
      };
      const one: Waiting = { question, take, reject };
      const drop = () => {
        const at = this.#waiting.indexOf(one);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(new CodedError('CANCELLED', 'The client has disconnected.'));
      };
      if (signal.aborted) return drop();
      signal.addEventListener('abort', drop, { once: true });
      this.#waiting.push(one);
      if (this.#waiting.length > MAX_WAITING)
        this.#waiting.shift()?.reject(new CodedError('UNREACHABLE', 'Too many tiles are requested at once.'));
      this.#next();
    });
  }

  #next(): void {
    if (this.#current !== null) return;
    const waiting = this.#waiting.shift();
    this.#arm(waiting ? ANSWER_TIMEOUT_MS : IDLE_MS);
    if (!waiting) return;
    this.#worker ??= this.#start();
    this.#current = { number: ++this.#lastNumber, waiting };
    const message: ToTileWorker = { number: this.#lastNumber, ...waiting.question };
    this.#worker.postMessage(message);
  }

  #arm(ms: number): void {
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
    worker.on('message', (answer: FromTileWorker) => this.#receive(answer));
    worker.on('error', (error: Error) => {
      if (worker === this.#worker)
        void this.#end(new CodedError('INTERNAL', `The tile thread ended: ${error.message}`));
    });
    return worker;
  }

  #receive(answer: FromTileWorker): void {
    if (this.#current?.number !== answer.number) return;
    const { waiting } = this.#current;
    this.#current = null;
    waiting.take(answer);
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

function errorOf(answer: FromTileWorker): CodedError {
  if (!('code' in answer)) return new CodedError('INTERNAL', 'The tile thread sent an unexpected response.');
  return new CodedError(answer.code, answer.message.replace(ERRORS[answer.code].text, '').trim());
}
