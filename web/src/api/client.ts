import { errorBodySchema } from '../../../src/contract/api.ts';
import { ApiError } from './error.ts';
import { apiWords } from './words.ts';

/** What a client needs from the page: the user's name for requests, and functions to call after responses. */
export interface ApiContext {
  /** Name of the user, for the timeline; empty if none was given. */
  personName(): string;
  /** Receives the service's time: the `Date` header of a response. */
  onDate(date: string | null): void;
  /** Called when the service has refused access (403). */
  onRefused(): void;
}

const HTTP_FORBIDDEN = 403;

/** Calls `/api/v1`. Every method throws an ApiError if the response is not 2xx, or if there is none. */
export class ApiClient {
  readonly #context: ApiContext;

  constructor(context: ApiContext) {
    this.#context = context;
  }

  async get<T>(path: string, signal: AbortSignal | null = null): Promise<T> {
    return bodyOf<T>(await this.#fetch(path, { signal }));
  }

  /** @param body - sent as JSON; without it the request has no body */
  async post<T>(path: string, body?: unknown): Promise<T> {
    const response = await this.#fetch(path, {
      method: 'POST',
      headers: body === undefined ? {} : { 'content-type': 'application/json', ...this.#personHeader() },
      body: body === undefined ? null : JSON.stringify(body),
    });
    return bodyOf<T>(response);
  }

  async getBytes(path: string, signal: AbortSignal): Promise<ArrayBuffer> {
    const response = await this.#fetch(path, { signal });
    return response.arrayBuffer();
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const response = await fetch(`/api/v1${path}`, { credentials: 'same-origin', ...init }).catch((cause) => {
      if (init.signal?.aborted) throw cause;
      throw new ApiError(0, apiWords.network);
    });
    this.#context.onDate(response.headers.get('date'));
    if (response.ok) return response;
    if (response.status === HTTP_FORBIDDEN) this.#context.onRefused();
    throw toApiError(response.status, await jsonOf(response));
  }

  #personHeader(): Record<string, string> {
    const name = this.#context.personName();
    return name === '' ? {} : { 'x-cryoem-by': encodeURIComponent(name) };
  }
}

/** The service and the page have the same version: responses have the types of the contract. */
const bodyOf = async <T>(response: Response): Promise<T> => (await jsonOf(response)) as T;

/** null if the body is not JSON, for example because a proxy sent it; the status then describes the error. */
const jsonOf = (response: Response): Promise<unknown> => response.json().catch(() => null);

function toApiError(status: number, body: unknown): ApiError {
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return new ApiError(status, apiWords.unexpected);
  const { code, message, remedy, faults } = parsed.data.error;
  return new ApiError(status, message, code, remedy, faults);
}
