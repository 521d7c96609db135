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

/** What is wrong with a gain reference or defect map, as a detail of an error that names which. */
export function referenceFault(error: unknown): string {
  if (!(error instanceof CodedError)) return error instanceof Error ? error.message : String(error);
  const words = WORDS[error.code];
  return words === undefined ? error.message : error.message.replace(ERRORS[error.code].text, words);
}
