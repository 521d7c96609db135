import { CodedError } from '../../contract/errors.ts';
import type { InputFile } from '../input-file.ts';

/**
 * Checks the offset and length of a strip or tile.
 * @param part - its position, and its name for messages
 * @param tableAt - offset of the directory that lists it
 * @throws CodedError MOVIE_TRUNCATED if it has not been written yet or ends beyond the file, MOVIE_CORRUPT
 */
export function checkStoredPart(
  file: InputFile,
  part: { readonly offset: number; readonly length: number; readonly field: string },
  tableAt: number,
): void {
  const { offset, length, field } = part;
  if (offset === 0 || length === 0)
    throw new CodedError('MOVIE_TRUNCATED', 'A part of a frame has not been written yet.', {
      file: file.path,
      field,
      offset: tableAt,
    });
  if (!(offset > 0 && length > 0))
    throw new CodedError('MOVIE_CORRUPT', '', {
      file: file.path,
      field,
      offset: tableAt,
      expected: 'an offset and a length',
      found: `${offset} and ${length}`,
    });
  if (offset + length > file.sizeBytes)
    throw new CodedError('MOVIE_TRUNCATED', '', {
      file: file.path,
      field,
      offset,
      expected: `at least ${offset + length} bytes`,
      found: `${file.sizeBytes} bytes`,
    });
}
