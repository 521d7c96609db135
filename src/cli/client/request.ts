import type { z } from 'zod';
import { errorBodySchema } from '../../contract/api.ts';
import { CodedError } from '../../contract/errors.ts';
import type { Connection } from './connection.ts';
import { ServiceRefusal } from './refusal.ts';

const TIMEOUT_MS = 60_000;

/**
 * Sends a request to the service and validates the response against its schema.
 * @throws CodedError UNREACHABLE, ServiceRefusal
 */
export async function callApi<Schema extends z.ZodType>(
  { url, token }: Connection,
  request: { method: 'GET' | 'POST'; path: string; body?: object },
  schema: Schema,
): Promise<z.infer<Schema>> {
  const { status, text } = await sendRequest(url, token, request);
  const json = parseJson(text);
  if (status >= 200 && status < 300) {
    const result = schema.safeParse(json);
    if (result.success) return result.data;
  } else {
    const refusal = errorBodySchema.safeParse(json);
    if (refusal.success) throw new ServiceRefusal(status, refusal.data);
  }
  throw new CodedError(
    'UNREACHABLE',
    `The program at ${url} is not a CryoEM Service of this version (status ${status}).`,
  );
}

async function sendRequest(
  url: string,
  token: string,
  request: { method: string; path: string; body?: object },
) {
  try {
    const response = await fetch(url + request.path, {
      method: request.method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(request.body ? { 'content-type': 'application/json' } : {}),
      },
      body: request.body ? JSON.stringify(request.body) : null,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { status: response.status, text: await response.text() };
  } catch (cause) {
    const origin = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
    const reason = origin instanceof Error ? origin.message : String(origin);
    throw new CodedError('UNREACHABLE', `No response from ${url} (${reason}).`, {}, { cause });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: the response came from another program. The caller reports this.
    return undefined;
  }
}
