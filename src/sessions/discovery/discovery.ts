import { FileCallStuck } from '../../base/file-calls.ts';
import { mountPointOf } from '../../base/mount-points.ts';
import type { SessionKey } from '../../contract/api.ts';
import { LISTING } from './activity.ts';
import type { UnusableFolder } from './find-sessions.ts';
import type {
  DiscoveryRequest,
  DiscoveryResponse,
  FromWorker,
  Requests,
  ScanReport,
  WatchRequest,
  WorkerSetup,
} from './messages.ts';
import { Quarantine } from './quarantine.ts';
import { DiscoveryThread } from './thread.ts';

export interface DiscoveryListener {
  /** The sessions that exist now; those below `unreadable` folders could not be listed. */
  sessions(
    sessions: readonly SessionKey[],
    unreadable: readonly string[],
    unusable: readonly UnusableFolder[],
  ): void;
  scanned(report: ScanReport): void;
  /** The thread was restarted: every watch must be requested again. */
  restarted(reason: string): void;
  /** A session whose scan hung may respond again: its watch must be requested again. */
  released?(id: number): void;
}

/** A request without a response yet. */
interface PendingRequest<Value> {
  readonly raw: string;
  /** Sends it to the current thread. */
  post(): void;
  resolve(response: Value): void;
  reject(error: Error): void;
}

const cancelledError = () => new Error('the caller no longer waits');

const RESTART_DELAY_MS = 1000;
const DEFAULT_HANG_MS = 30_000;
/** The thread counts as hung if this many checks in a row find no progress. */
const CHECKS_UNTIL_HUNG = 30;

/**
 * Interface of the main thread to the discovery thread, which reads the file system. If a call of the thread
 * hangs, on a dead mount for example, another thread takes over without that session, until the call returns.
 */
export class Discovery {
  private readonly setup: WorkerSetup;
  private readonly listener: DiscoveryListener;
  private readonly waiting: {
    readonly [K in keyof Requests]: Map<number, PendingRequest<Requests[K]['response']>>;
  } = {
    references: new Map(),
    suggest: new Map(),
    survey: new Map(),
  };
  private thread: DiscoveryThread;
  private readonly watchRequests = new Map<number, WatchRequest>();
  private readonly quarantine = new Quarantine();
  private readonly watchdog: NodeJS.Timeout;
  private lastNumber = 0;
  /** The thread has ended, and the next one has not started. */
  private isDown = false;
  /** Requests while there is no thread. */
  private readonly postponed: (() => void)[] = [];
  private closed = false;

  constructor(setup: WorkerSetup, listener: DiscoveryListener) {
    this.setup = setup;
    this.listener = listener;
    this.thread = this.startThread();
    this.watchdog = setInterval(() => this.check(), this.hangMs / CHECKS_UNTIL_HUNG);
    this.watchdog.unref();
  }

  /** Folders whose scan hangs. */
  get hungFolders(): readonly string[] {
    return this.quarantine.paths;
  }

  watch(request: WatchRequest): void {
    this.watchRequests.set(request.id, request);
    if (this.quarantine.deferIfHung(request)) this.reportHung(request);
    else this.thread.post({ type: 'watch', request });
  }

  unwatch(id: number): void {
    this.watchRequests.delete(id);
    this.thread.post({ type: 'unwatch', id });
  }

  /**
   * @param signal - aborted when the caller no longer waits: the worker stops searching
   * @throws Error with the worker's message; FileCallStuck
   */
  request<K extends keyof Requests>(
    kind: K,
    input: Requests[K]['input'],
    signal?: AbortSignal,
  ): Promise<Requests[K]['response']> {
    const number = ++this.lastNumber;
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new Error('the service is closing'));
      if (signal?.aborted) return reject(cancelledError());
      if (this.quarantine.isHung(input.raw)) return reject(new FileCallStuck(input.raw));
      const message: DiscoveryRequest<K> = { type: 'request', number, kind, input };
      const post = () => this.thread.worker.postMessage(message);
      this.waiting[kind].set(number, { raw: input.raw, post, resolve, reject });
      signal?.addEventListener('abort', () => this.cancel(kind, number), { once: true });
      if (this.isDown) this.postponed.push(post);
      else post();
    });
  }

  private cancel(kind: keyof Requests, number: number): void {
    const waiting = this.waiting[kind].get(number);
    if (!waiting) return;
    this.waiting[kind].delete(number);
    this.thread.post({ type: 'cancel', number });
    waiting.reject(cancelledError());
  }

  /** Resolves within seconds, even if a call hangs: then `hungFolders` is not empty. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.watchdog);
    await this.thread.end();
    this.rejectAll(new Error('the service is closing'));
  }

  private get hangMs(): number {
    return this.setup.hangMs ?? DEFAULT_HANG_MS;
  }

  private startThread(): DiscoveryThread {
    const listsSessions = !this.quarantine.isListingHung;
    return new DiscoveryThread(
      { ...this.setup, listsSessions },
      { received: (message) => this.receive(message), ended: (reason) => this.restart(reason) },
    );
  }

  private restart(reason: string): void {
    this.isDown = true;
    this.rejectAll(new Error(`discovery stopped: ${reason}`));
    if (this.closed) return;
    setTimeout(() => {
      if (!this.closed) this.replaceThread(reason);
    }, RESTART_DELAY_MS);
  }

  private replaceThread(reason: string): void {
    this.thread = this.startThread();
    this.isDown = false;
    this.listener.restarted(reason);
    for (const post of this.postponed.splice(0)) post();
  }

  /** Replaces a thread that hangs, and scans again the sessions whose calls have returned. */
  private check(): void {
    if (this.closed || this.isDown) return;
    if (this.quarantine.endReturned()) {
      if (!this.quarantine.isListingHung) this.thread.post({ type: 'list' });
      for (const id of this.quarantine.takeReleased()) this.listener.released?.(id);
    }
    if (this.thread.checksWithoutProgress() >= CHECKS_UNTIL_HUNG) this.abandonThread();
  }

  private abandonThread(): void {
    const { thread } = this;
    const path = this.hungFolderOf(thread);
    this.quarantine.add(thread, path);
    thread.abandon();
    this.rejectHung();
    this.replaceThread(`${path} does not respond`);
    for (const waiting of Object.values(this.waiting)) for (const { post } of waiting.values()) post();
  }

  private rejectHung(): void {
    for (const waiting of Object.values(this.waiting))
      for (const [number, { raw, reject }] of waiting) {
        if (!this.quarantine.isHung(raw)) continue;
        waiting.delete(number);
        reject(new FileCallStuck(raw));
      }
  }

  private hungFolderOf({ activity: { task } }: DiscoveryThread): string {
    const watched = this.watchRequests.get(task);
    if (watched) return watched.raw;
    const [request] = Object.values(this.waiting).flatMap((waiting) => [...waiting.values()]);
    return task === LISTING || !request ? this.setup.sessionDir : request.raw;
  }

  private reportHung({ id, raw }: WatchRequest): void {
    const problem = `${raw} does not respond (file system ${mountPointOf(raw)})`;
    this.listener.scanned({ id, problem, warnings: [], changes: [], skipped: [], gains: [] });
  }

  private rejectAll(reason: Error): void {
    for (const waiting of Object.values(this.waiting)) {
      for (const { reject } of waiting.values()) reject(reason);
      waiting.clear();
    }
  }

  private receive(message: FromWorker): void {
    if (this.closed) return;
    switch (message.type) {
      case 'sessions':
        this.listener.sessions(message.sessions, message.unreadable, message.unusable);
        break;
      case 'scan':
        this.listener.scanned(message.report);
        break;
      case 'response':
        this.handleResponse(message);
        break;
      case 'error': {
        const waiting = this.waiting[message.kind];
        waiting.get(message.number)?.reject(new Error(message.message));
        waiting.delete(message.number);
      }
    }
  }

  private handleResponse<K extends keyof Requests>({ kind, number, response }: DiscoveryResponse<K>): void {
    const waiting = this.waiting[kind];
    waiting.get(number)?.resolve(response);
    waiting.delete(number);
  }
}
