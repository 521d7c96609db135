import { Worker } from 'node:worker_threads';
import type { SessionKey } from '../../contract/api.ts';
import type { UnservedFolder } from './find-sessions.ts';
import type {
  Answer,
  DiscoveryRequest,
  FromWorker,
  Questions,
  ScanReport,
  ToWorker,
  WatchOrder,
  WorkerSetup,
} from './messages.ts';

export interface DiscoveryListener {
  /** The sessions that exist now; those below `unreadable` folders could not be listed. */
  sessions(
    sessions: readonly SessionKey[],
    unreadable: readonly string[],
    unserved: readonly UnservedFolder[],
  ): void;
  scanned(report: ScanReport): void;
  /** The thread was restarted: every watch must be requested again. */
  restarted(reason: string): void;
}

/** A request without a response yet. */
interface PendingRequest<Value> {
  resolve(answer: Value): void;
  reject(error: Error): void;
}

const RESTART_DELAY_MS = 1000;

/** Interface of the main thread to the discovery thread, which reads the file system. */
export class Discovery {
  private readonly setup: WorkerSetup;
  private readonly listener: DiscoveryListener;
  private readonly waiting: {
    readonly [Q in keyof Questions]: Map<number, PendingRequest<Questions[Q]['answer']>>;
  } = {
    references: new Map(),
    suggest: new Map(),
    survey: new Map(),
  };
  private worker: Worker;
  private lastNumber = 0;
  /** The thread has ended, and the next one has not started. */
  private isDown = false;
  /** Requests while there is no thread. */
  private readonly postponed: (() => void)[] = [];
  private closed = false;

  constructor(setup: WorkerSetup, listener: DiscoveryListener) {
    this.setup = setup;
    this.listener = listener;
    this.worker = this.startWorker();
  }

  watch(order: WatchOrder): void {
    this.post({ type: 'watch', order });
  }

  unwatch(id: number): void {
    this.post({ type: 'unwatch', id });
  }

  /**
   * @param signal - aborted when the caller no longer waits: the worker stops searching
   * @throws Error with the worker's message
   */
  request<Q extends keyof Questions>(
    question: Q,
    input: Questions[Q]['input'],
    signal?: AbortSignal,
  ): Promise<Questions[Q]['answer']> {
    const number = ++this.lastNumber;
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new Error('the service is closing'));
      this.waiting[question].set(number, { resolve, reject });
      signal?.addEventListener('abort', () => this.cancel(question, number), { once: true });
      const message: DiscoveryRequest<Q> = { type: 'request', number, question, input };
      const post = () => this.worker.postMessage(message);
      if (this.isDown) this.postponed.push(post);
      else post();
    });
  }

  private cancel(question: keyof Questions, number: number): void {
    const waiting = this.waiting[question].get(number);
    if (!waiting) return;
    this.waiting[question].delete(number);
    this.post({ type: 'cancel', number });
    waiting.reject(new Error('the caller no longer waits'));
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.worker.terminate();
    this.rejectAll('the service is closing');
  }

  private post(message: ToWorker): void {
    this.worker.postMessage(message);
  }

  private startWorker(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: this.setup });
    let reason = 'it ended';
    worker.on('message', (message: FromWorker) => this.receive(message));
    worker.on('error', (error) => {
      reason = error instanceof Error ? error.message : String(error);
    });
    worker.on('exit', () => this.restart(reason));
    return worker;
  }

  private restart(reason: string): void {
    this.isDown = true;
    this.rejectAll(`discovery stopped: ${reason}`);
    if (this.closed) return;
    setTimeout(() => {
      if (this.closed) return;
      this.worker = this.startWorker();
      this.isDown = false;
      this.listener.restarted(reason);
      for (const post of this.postponed.splice(0)) post();
    }, RESTART_DELAY_MS);
  }

  private rejectAll(reason: string): void {
    for (const waiting of Object.values(this.waiting)) {
      for (const { reject } of waiting.values()) reject(new Error(reason));
      waiting.clear();
    }
  }

  private receive(message: FromWorker): void {
    if (this.closed) return;
    switch (message.type) {
      case 'sessions':
        this.listener.sessions(message.sessions, message.unreadable, message.unserved);
        break;
      case 'scan':
        this.listener.scanned(message.report);
        break;
      case 'answer':
        this.handleAnswer(message);
        break;
      case 'fault': {
        const waiting = this.waiting[message.question];
        waiting.get(message.number)?.reject(new Error(message.message));
        waiting.delete(message.number);
      }
    }
  }

  private handleAnswer<Q extends keyof Questions>({ question, number, answer }: Answer<Q>): void {
    const waiting = this.waiting[question];
    waiting.get(number)?.resolve(answer);
    waiting.delete(number);
  }
}
