import type { MoviePage, MovieRow } from '../../contract/api.ts';
import { CodedError } from '../../contract/errors.ts';
import type { MovieQuery } from '../service.ts';

const MAX_LIMIT = 1000;

/**
 * Reads one more row than requested, to detect whether there is a next page.
 * @throws CodedError BAD_PARAMETERS
 */
export function pageOf(
  query: Pick<MovieQuery, 'cursor' | 'limit'>,
  read: (cursor: number | null, limit: number) => MovieRow[],
): MoviePage {
  const cursor = query.cursor === undefined ? null : Number(query.cursor);
  if (cursor !== null && !Number.isSafeInteger(cursor))
    throw new CodedError('BAD_PARAMETERS', 'The cursor was not returned by an earlier page.', {
      field: 'cursor',
    });
  const limit = Math.min(MAX_LIMIT, Math.max(1, query.limit));
  const rows = read(cursor, limit + 1);
  const movies = rows.slice(0, limit);
  const last = movies.at(-1);
  return { movies, nextCursor: rows.length > limit && last ? String(last.seq) : null };
}
