import { Worker } from 'node:worker_threads';
import { CodedError, ERRORS } from '../../contract/errors.ts';
import type { TileInfo } from '../../contract/tiles.ts';
import type { TileRequest } from './tile-source.ts';
import type { FromTileWorker, ToTileWorker } from './tile-worker.ts';

/** Questions that wait; the oldest is let go for a newer one: nobody looks at it any more. */
const MOST_WAITING = 256;
/** The thread and what it keeps are let go when nobody has looked for so long. */
const IDLE_MS = 5 * 60_000;
/** A file server that hangs so long has hung. */
const PATIENCE_MS = 30_000;

type Ask =
  | { readonly kind: 'info'; readonly path: string }
  | { readonly kind: 'tile'; readonly request: TileRequest };
interface Waiting {
  readonly ask: Ask;
  resolve(answer: TileInfo | Uint8Array): void;
  reject(error: Error): void;
}

/**
 * The main thread's end of the thread that makes tiles. It is started by the first question and hands over one question
 * at a time, so that those nobody waits for any more can still be taken back.
 */
export class TileMaker {
  private worker: Worker | null = null;
  private readonly waiting: Waiting[] = [];
  private current: { readonly number: number; readonly waiting: Waiting } | null = null;
  private lastNumber = 0;
  private timer: NodeJS.Timeout | null = null;

  info(path: string, signal: AbortSignal): Promise<TileInfo> {
    return this.ask({ kind: 'info', path }, signal) as Promise<TileInfo>;
  }

  /** A JPEG file's bytes. @throws CodedError NO_SUCH_PICTURE, UNREACHABLE, MOVIE_* */
  tile(request: TileRequest, signal: AbortSignal): Promise<Uint8Array> {
    return this.ask({ kind: 'tile', request }, signal) as Promise<Uint8Array>;
  }

  async close(): Promise<void> {
    for (const one of this.waiting.splice(0)) one.reject(new CodedError('CANCELLED', ''));
    await this.end(new CodedError('CANCELLED', ''));
  }

  private ask(ask: Ask, signal: AbortSignal): Promise<TileInfo | Uint8Array> {
    return new Promise((resolve, reject) => {
      const one: Waiting = { ask, resolve, reject };
      const drop = () => {
        const at = this.waiting.indexOf(one);
        if (at >= 0) this.waiting.splice(at, 1);
        reject(new CodedError('CANCELLED', 'The client went away.'));
      };
      if (signal.aborted) return drop();
      signal.addEventListener('abort', drop, { once: true });
      this.waiting.push(one);
      if (this.waiting.length > MOST_WAITING)
        this.waiting.shift()?.reject(new CodedError('UNREACHABLE', 'Too many tiles are asked for at once.'));
      this.next();
    });
  }

  private next(): void {
    if (this.current !== null) return;
    const waiting = this.waiting.shift();
    this.arm(waiting ? PATIENCE_MS : IDLE_MS);
    if (!waiting) return;
    this.worker ??= this.start();
    this.current = { number: ++this.lastNumber, waiting };
    const message: ToTileWorker = { number: this.lastNumber, ...waiting.ask };
    this.worker.postMessage(message);
  }

  private arm(ms: number): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(
      () => void this.end(new CodedError('UNREACHABLE', 'The file server does not answer.')),
      ms,
    );
    this.timer.unref();
  }

  private start(): Worker {
    const worker = new Worker(new URL('./tile-worker.ts', import.meta.url));
    worker.unref();
    worker.on('message', (answer: FromTileWorker) => this.take(answer));
    worker.on('error', (error) => {
      if (worker === this.worker)
        void this.end(new CodedError('INTERNAL', `Making a tile ended: ${(error as Error).message}`));
    });
    return worker;
  }

  private take(answer: FromTileWorker): void {
    if (this.current?.number !== answer.number) return;
    const { waiting } = this.current;
    this.current = null;
    if ('info' in answer) waiting.resolve(answer.info);
    else if ('jpeg' in answer) waiting.resolve(answer.jpeg);
    else
      waiting.reject(
        new CodedError(answer.code, answer.message.replace(ERRORS[answer.code].text, '').trim()),
      );
    this.next();
  }

  private async end(reason: CodedError): Promise<void> {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    const { worker, current } = this;
    this.worker = null;
    this.current = null;
    current?.waiting.reject(reason);
    await worker?.terminate();
    if (this.waiting.length > 0) this.next();
  }
}
