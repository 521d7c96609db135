import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasErrorCode } from '../base/errors.ts';
import type { ErrorBody } from '../contract/api.ts';
import { CodedError, ERRORS, type ErrorCode } from '../contract/errors.ts';
import type { FieldFault } from '../contract/parse-parameters.ts';
import { asCoded } from '../pipeline/faults.ts';

/** A file system that does not respond, and a pipe in place of a file. */
const FILE_CODES = ['ETIMEDOUT', 'ENXIO'];

/** Faults that are listed: a request with many values can have as many. */
const MAX_FAULTS = 100;

/** Several fields are invalid; the first 100 are named. */
export class FaultyFields extends CodedError {
  readonly faults: readonly FieldFault[];

  constructor(all: readonly FieldFault[]) {
    const faults = all.slice(0, MAX_FAULTS);
    super('BAD_PARAMETERS', faults.map((fault) => fault.message).join('; '));
    this.faults = faults;
  }
}

export interface ErrorAnswer {
  readonly status: number;
  readonly body: ErrorBody;
}

function answer(
  code: ErrorCode,
  message: string,
  faults: readonly FieldFault[],
  status?: number,
): ErrorAnswer {
  const { httpStatus, remedy } = ERRORS[code];
  return { status: status ?? httpStatus, body: { error: { code, message, remedy, faults: [...faults] } } };
}

type SchemaIssue = NonNullable<FastifyError['validation']>[number];

function invalidField({ instancePath, message }: SchemaIssue): FieldFault {
  const field = instancePath.replace(/^\//, '') || 'request';
  return { field, message: `${field}: ${message ?? 'is not valid'}` };
}

/** Fastify's errors have a status and, for a schema, its issues. Every other error lacks these fields. */
const isFastifyError = (error: unknown): error is Partial<FastifyError> => error instanceof Error;

/** The response for an error. Details of an internal error are logged but not sent. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof FaultyFields) return answer(error.code, error.message, error.faults);
  if (error instanceof CodedError) {
    const { field } = error.location;
    return answer(error.code, error.message, field ? [{ field, message: error.message }] : []);
  }
  if (hasErrorCode(error, ...FILE_CODES)) return errorAnswer(asCoded(error));
  if (!isFastifyError(error)) return answer('INTERNAL', ERRORS.INTERNAL.text, []);
  if (error.validation)
    return errorAnswer(new FaultyFields(error.validation.slice(0, MAX_FAULTS).map(invalidField)));
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return answer('BAD_REQUEST', ERRORS.BAD_REQUEST.text, [], status);
  return answer('INTERNAL', ERRORS.INTERNAL.text, []);
}

export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body } = errorAnswer(error);
  if (status >= 500) request.log.error({ err: error }, 'request failed');
  if (status === 429) reply.header('retry-after', '60');
  void reply.code(status).type('application/json').send(body);
}
