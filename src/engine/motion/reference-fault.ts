import { CodedError, ERRORS, type ErrorCode } from '../../contract/errors.ts';

/** The readers of movies also read references; their errors say what is wrong with a movie. */
const WORDS: Partial<Record<ErrorCode, string>> = {
  MOVIE_MISSING: 'It cannot be opened.',
  MOVIE_EMPTY: 'It has no bytes.',
  MOVIE_TRUNCATED: 'It is shorter than its header says.',
  MOVIE_CORRUPT: 'It is not a valid file of its format.',
  MOVIE_UNSUPPORTED: 'It uses a variant of its format that is not supported.',
  MOVIE_SIZE_MISMATCH: 'Its images differ in size.',
};

/** The message of a reader of movies, in words about a gain reference or defect map. */
export const referenceMessage = (code: ErrorCode, message: string): string =>
  message.replace(ERRORS[code].text, WORDS[code] ?? ERRORS[code].text);

/** What is wrong with a gain reference or defect map, as a detail of an error that names which. */
export function referenceFault(error: unknown): string {
  if (error instanceof CodedError) return referenceMessage(error.code, error.message);
  return error instanceof Error ? error.message : String(error);
}
