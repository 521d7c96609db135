import { errorBodySchema } from '../../../src/contract/api.ts';
import type { ErrorCode } from '../../../src/contract/errors.ts';
import type { FieldFault } from '../../../src/contract/parameters.ts';
import { text } from '../text.ts';

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
  let response: Response;
  try {
    response = await fetch(`/api/v1${path}`, {
      method: init.method ?? 'GET',
      credentials: 'same-origin',
      headers: init.body === undefined ? {} : { 'content-type': 'application/json' },
      body: init.body === undefined ? null : JSON.stringify(init.body),
      signal: init.signal ?? null,
    });
  } catch (cause) {
    if (init.signal?.aborted) throw cause;
    throw new ApiError(0, text.errors.network);
  }
  const body: unknown = await response.json().catch(() => null);
  if (response.ok) return body as T;
  const parsed = errorBodySchema.safeParse(body);
  if (!parsed.success) throw new ApiError(response.status, text.errors.unexpected);
  const { code, message, remedy, faults } = parsed.data.error;
  throw new ApiError(response.status, message, code, remedy, faults);
}
