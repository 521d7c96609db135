import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { hasErrorCode } from '../base/errors.ts';
import type { ErrorBody } from '../contract/api.ts';
import { CodedError, ERRORS, type ErrorCode } from '../contract/errors.ts';
import type { FieldError } from '../contract/parse-parameters.ts';
import { asCodedError } from '../pipeline/coded-errors.ts';

/** Error codes for a file system that does not respond, and for a pipe in place of a file. */
const FILE_CODES = ['ETIMEDOUT', 'ENXIO'];

/** Maximum number of invalid fields in a response: a request may have any number of them. */
const MAX_FIELDS = 100;

/** Several fields are invalid; the first 100 are listed. */
export class InvalidFields extends CodedError {
  readonly fields: readonly FieldError[];

  constructor(all: readonly FieldError[]) {
    const fields = all.slice(0, MAX_FIELDS);
    super('BAD_PARAMETERS', fields.map((field) => field.message).join('; '));
    this.fields = fields;
  }
}

export interface ErrorResponse {
  readonly status: number;
  readonly body: ErrorBody;
}

function responseFor(
  code: ErrorCode,
  message: string,
  fields: readonly FieldError[],
  status?: number,
): ErrorResponse {
  const { httpStatus, remedy } = ERRORS[code];
  return { status: status ?? httpStatus, body: { error: { code, message, remedy, faults: [...fields] } } };
}

type SchemaIssue = NonNullable<FastifyError['validation']>[number];

function invalidField({ instancePath, message }: SchemaIssue): FieldError {
  const field = instancePath.replace(/^\//, '') || 'request';
  return { field, message: `${field}: ${message ?? 'is not valid'}` };
}

/** True for every Error. Those of Fastify have a status and, if a schema does not match, its issues. */
const mayBeFastifyError = (error: unknown): error is Partial<FastifyError> => error instanceof Error;

/** The response for an error. Details of an internal error are logged but not sent. */
export function errorResponse(error: unknown): ErrorResponse {
  if (error instanceof InvalidFields) return responseFor(error.code, error.message, error.fields);
  if (error instanceof CodedError) {
    const { field } = error.location;
    return responseFor(error.code, error.message, field ? [{ field, message: error.message }] : []);
  }
  if (hasErrorCode(error, ...FILE_CODES)) return errorResponse(asCodedError(error));
  if (!mayBeFastifyError(error)) return responseFor('INTERNAL', ERRORS.INTERNAL.text, []);
  if (error.validation)
    return errorResponse(new InvalidFields(error.validation.slice(0, MAX_FIELDS).map(invalidField)));
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) return responseFor('BAD_REQUEST', ERRORS.BAD_REQUEST.text, [], status);
  return responseFor('INTERNAL', ERRORS.INTERNAL.text, []);
}

export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const { status, body } = errorResponse(error);
  if (status >= 500) request.log.error({ err: error }, 'request failed');
  if (status === 429) reply.header('retry-after', '60');
  void reply.code(status).type('application/json').send(body);
}
