import { createHash } from 'node:crypto';
import type { SessionQueries } from '../sessions/service.ts';

interface ListResponse {
  /** JSON in UTF-8, shared by all responses. */
  readonly body: Buffer;
  /** Changes with the body. */
  readonly etag: string;
}

/**
 * The list of all sessions, made once for all requests that wait for it: a request gets a list that was begun
 * after it arrived, so it is never outdated, and at most one is made at a time, however many clients there
 * are.
 *
 * none    -> pending  a request arrives
 * pending -> running  the previous list is done; requests that arrive from now on wait for the next
 */
export class SessionListResponses {
  readonly #queries: Pick<SessionQueries, 'all'>;
  #running: Promise<unknown> = Promise.resolve();
  #pending: Promise<ListResponse> | null = null;

  constructor(queries: Pick<SessionQueries, 'all'>) {
    this.#queries = queries;
  }

  next(): Promise<ListResponse> {
    this.#pending ??= this.#afterRunning();
    return this.#pending;
  }

  async #afterRunning(): Promise<ListResponse> {
    await this.#running;
    const work = this.#make();
    // The callers of `next` get the error.
    this.#running = work.catch(() => undefined);
    this.#pending = null;
    return work;
  }

  async #make(): Promise<ListResponse> {
    const body = Buffer.from(JSON.stringify(await this.#queries.all()));
    return { body, etag: `"${createHash('sha256').update(body).digest('base64url')}"` };
  }
}
