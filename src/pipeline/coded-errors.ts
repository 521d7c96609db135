import { CodedError, ERRORS, type ErrorCode } from '../contract/errors.ts';
import type { Outcome } from '../contract/record.ts';

/**
 * Error codes of the operating system -> those of the service. Readers already throw CodedErrors.
 */
const SYSTEM_CODES: Readonly<Record<string, ErrorCode>> = {
  ENOSPC: 'DISK_FULL',
  EDQUOT: 'DISK_FULL',
  EFBIG: 'DISK_FULL',
  EACCES: 'OUTPUT_NOT_WRITABLE',
  EPERM: 'OUTPUT_NOT_WRITABLE',
  EROFS: 'OUTPUT_NOT_WRITABLE',
  EISDIR: 'OUTPUT_NOT_WRITABLE',
  ENOTDIR: 'OUTPUT_NOT_WRITABLE',
  ENOTEMPTY: 'OUTPUT_NOT_WRITABLE',
  EEXIST: 'OUTPUT_NOT_WRITABLE',
  ENXIO: 'OUTPUT_NOT_WRITABLE',
  ETIMEDOUT: 'FILE_SYSTEM_STUCK',
  // The service creates no links: a link at the path of one of its files was refused.
  ELOOP: 'UNSAFE_DIRECTORY',
  ENOMEM: 'OUT_OF_MEMORY',
};

/**
 * V8 reports a failed allocation as a RangeError. A failed bounds check is a RangeError too, but is a defect
 * of this program.
 */
const FAILED_ALLOCATION = /alloc|memory|array (buffer )?length/i;

/** Any thrown value as a CodedError; an unexpected one becomes INTERNAL and keeps its message. */
export function asCodedError(thrown: unknown): CodedError {
  if (thrown instanceof CodedError) return thrown;
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const systemCode = 'code' in error ? String(error.code) : '';
  const code =
    SYSTEM_CODES[systemCode] ??
    (error instanceof RangeError && FAILED_ALLOCATION.test(error.message) ? 'OUT_OF_MEMORY' : 'INTERNAL');
  return new CodedError(code, error.message, {}, { cause: error });
}

export function failedOutcome(error: CodedError): Extract<Outcome, { status: 'failed' }> {
  return {
    status: 'failed',
    code: error.code,
    cause: ERRORS[error.code].cause,
    message: error.message,
    retryable: error.retryable,
  };
}
