import type { ErrorCode } from '../../../src/contract/errors.ts';
import type { FieldError } from '../../../src/contract/parse-parameters.ts';

/** An error response of the service, or no response at all (`status` 0). */
export class ApiError extends Error {
  readonly status: number;
  readonly code: ErrorCode | null;
  readonly remedy: string;
  readonly fieldErrors: readonly FieldError[];

  constructor(
    status: number,
    message: string,
    code: ErrorCode | null = null,
    remedy = '',
    fieldErrors: FieldError[] = [],
  ) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.remedy = remedy;
    this.fieldErrors = fieldErrors;
  }
}
