import { errorBodySchema } from '../../../src/contract/api.ts';
import type { ErrorCode } from '../../../src/contract/errors.ts';
import type { FieldFault } from '../../../src/contract/parameters.ts';
import { personName } from '../state/person.ts';
import { noteServiceTime } from '../state/service-clock.ts';
import { text } from '../ui/text.ts';

/** A refusal of the service, or its silence (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: ErrorCode | null;
  readonly remedy: string;
  readonly faults: readonly FieldFault[];

  constructor(
    status: number,
    message: string,
    code: ErrorCode | null = null,
    remedy = '',
    faults: FieldFault[] = [],
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.remedy = remedy;
    this.faults = faults;
  }
}

/** Calls `/api/v1` with JSON. @throws ApiError on any answer but 2xx, and where none comes. */
export async function call<T>(
  path: string,
  init: { method?: 'GET' | 'POST'; body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  const response = await reach(path, {
    method: init.method ?? 'GET',
    headers: init.body === undefined ? {} : { 'content-type': 'application/json', ...byPerson() },
    body: init.body === undefined ? null : JSON.stringify(init.body),
    signal: init.signal ?? null,
  });
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  throw refusal(response, body);
}

/** As `call`, for an answer that is no JSON. */
export async function callForBytes(path: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const response = await reach(path, { signal });
  if (!response.ok) throw refusal(response, await response.json().catch(() => null));
  return response.arrayBuffer();
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    const response = await fetch(`/api/v1${path}`, { credentials: 'same-origin', ...init });
    noteServiceTime(response.headers.get('date'));
    return response;
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError(0, text.errors.network);
  }
}

/** Who changes something, for the timeline. */
function byPerson(): Record<string, string> {
  const name = personName();
  return name === '' ? {} : { 'x-cryoem-by': encodeURIComponent(name) };
}

function refusal(response: Response, body: unknown): ApiError {
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) return new ApiError(response.status, text.errors.unexpected);
  const { code, message, remedy, faults } = parsed.data.error;
  return new ApiError(response.status, message, code, remedy, faults);
}
