import { CodedError, ERRORS, type ErrorCode } from '../../contract/errors.ts';

/** The readers of movies also read references; their error messages describe movies. */
const REFERENCE_TEXTS: Partial<Record<ErrorCode, string>> = {
  MOVIE_MISSING: 'It cannot be opened.',
  MOVIE_EMPTY: 'It has no bytes.',
  MOVIE_TRUNCATED: 'It is shorter than its header says.',
  MOVIE_CORRUPT: 'It is not a valid file of its format.',
  MOVIE_UNSUPPORTED: 'It uses a variant of its format that is not supported.',
  MOVIE_SIZE_MISMATCH: 'Its images differ in size.',
};

/** The message of a movie reader, reworded for a gain reference or defect map. */
export const referenceMessage = (code: ErrorCode, message: string): string =>
  message.replace(ERRORS[code].text, REFERENCE_TEXTS[code] ?? ERRORS[code].text);

/**
 * Description of a problem with a gain reference or defect map, as the detail of an error that names the
 * file.
 */
export function referenceErrorText(error: unknown): string {
  if (error instanceof CodedError) return referenceMessage(error.code, error.message);
  return error instanceof Error ? error.message : String(error);
}
