import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorBody, LiveEvent } from '../../../src/contract/api.ts';

export interface ApiCall {
  readonly method: string;
  /** Path below `/api/v1`, decoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** Headers, such as the name of the user. */
  readonly headers: IncomingMessage['headers'];
}

interface ApiResponse {
  readonly status?: number;
  readonly type?: string;
  /** Bytes are sent unchanged, anything else as JSON. */
  readonly body: unknown;
}

type Handler = (call: ApiCall) => ApiResponse | Promise<ApiResponse>;

const NOT_FOUND: ApiResponse = {
  status: 404,
  body: {
    error: { code: 'NO_SUCH_ROUTE', message: 'There is nothing at this address.', remedy: '', faults: [] },
  },
};

/**
 * Replaces the service for a page under test: returns the responses that a test set, records requests, and
 * keeps the stream of live events open. An unknown path gets a 404 and is recorded in `unhandledCalls`.
 */
export class FakeApi {
  readonly calls: ApiCall[] = [];
  /** Method and path of calls without a handler. */
  readonly unhandledCalls: string[] = [];
  /** Time of the `Date` header, from which the page computes ages. */
  nowMs = Date.now();
  #handlers: { readonly method: string; readonly path: string | RegExp; readonly handler: Handler }[] = [];
  readonly #streams = new Set<ServerResponse>();

  /** @param path - exact, or a pattern; the newest handler of a path is used */
  on(method: 'GET' | 'POST', path: string | RegExp, handler: Handler | object | null): this {
    const respond: Handler = isHandler(handler) ? handler : () => ({ body: handler });
    this.#handlers.unshift({ method, path, handler: respond });
    return this;
  }

  /** Responds with an error in the format of the service. */
  refuse(method: 'GET' | 'POST', path: string | RegExp, status: number, error: ErrorBody['error']): this {
    return this.on(method, path, () => ({ status, body: { error } }));
  }

  /** Removes handlers and calls. */
  clear(): void {
    this.#handlers = [];
    this.calls.length = 0;
    this.unhandledCalls.length = 0;
  }

  /** Bodies of the POST requests to a path, oldest first. */
  bodiesOf(path: string): unknown[] {
    return this.calls.filter((call) => call.method === 'POST' && call.path === path).map(({ body }) => body);
  }

  /** Sends a live event to every connected page. */
  publish(event: LiveEvent, id = 1): void {
    for (const stream of this.#streams)
      stream.write(`id: ${id}\nevent: ${event.event}\ndata: ${JSON.stringify(event.data)}\n\n`);
  }

  async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const path = decodeURIComponent(url.pathname).replace(/^\/api\/v1/, '');
    response.setHeader('date', new Date(this.nowMs).toUTCString());
    if (path === '/events') {
      this.#stream(response);
      return;
    }
    const call: ApiCall = {
      method: request.method ?? 'GET',
      path,
      query: url.searchParams,
      body: await bodyOf(request),
      headers: request.headers,
    };
    this.calls.push(call);
    const entry = this.#handlers.find((h) => h.method === call.method && matches(h.path, path));
    if (entry === undefined) this.unhandledCalls.push(`${call.method} ${path}`);
    const { status = 200, type, body } = entry === undefined ? NOT_FOUND : await entry.handler(call);
    const isBytes = body instanceof Uint8Array;
    response.writeHead(status, {
      'content-type': type ?? (isBytes ? 'application/octet-stream' : 'application/json'),
    });
    response.end(isBytes ? body : JSON.stringify(body));
  }

  /** Ends the streams, so that a server can close. */
  close(): void {
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
  }

  #stream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': open\n\n');
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }
}

const isHandler = (value: Handler | object | null): value is Handler => typeof value === 'function';

const matches = (pattern: string | RegExp, path: string) =>
  typeof pattern === 'string' ? pattern === path : pattern.test(path);

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? null : JSON.parse(text);
}
