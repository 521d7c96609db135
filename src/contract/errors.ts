import { z } from 'zod';
import { PROCESSING_ERRORS } from './errors/processing.ts';
import { SERVICE_ERRORS } from './errors/service.ts';

/** The table of error codes. `docs/errors.md` is generated from it. */
export const ERRORS = { ...PROCESSING_ERRORS, ...SERVICE_ERRORS };

export type ErrorCode = keyof typeof ERRORS;
export const ERROR_CODES = Object.keys(ERRORS) as readonly ErrorCode[];
export const errorCodeSchema = z.enum(ERROR_CODES);

/** Codes of earlier versions, which records on disk may still contain, and their current names. */
const RENAMED_CODES: ReadonlyMap<unknown, ErrorCode> = new Map([['MOVIE_GARBLED', 'MOVIE_CORRUPT']]);

/** The current code for a code from a file of any version. */
export const currentCode = (code: unknown): unknown => RENAMED_CODES.get(code) ?? code;

/** The position of an error in a file, what was expected there and what was found. */
export interface ErrorLocation {
  file?: string;
  offset?: number;
  field?: string;
  expected?: string;
  found?: string;
}

/** An error with a code of the table. Its message is a complete sentence for users. */
export class CodedError extends Error {
  readonly code: ErrorCode;
  readonly location: ErrorLocation;

  constructor(code: ErrorCode, detail: string, location: ErrorLocation = {}, options?: ErrorOptions) {
    super(`${ERRORS[code].text} ${detail}${describeLocation(location)}`.trim(), options);
    this.name = 'CodedError';
    this.code = code;
    this.location = location;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }
}

function describeLocation(location: ErrorLocation): string {
  const parts: string[] = [];
  if (location.file) parts.push(`file ${location.file}`);
  if (location.offset !== undefined) parts.push(`byte ${location.offset}`);
  if (location.field) parts.push(`field ${location.field}`);
  if (location.expected) parts.push(`expected ${location.expected}`);
  if (location.found) parts.push(`found ${location.found}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}
