import type { Selection } from './selection.ts';
import type { Series } from './series.ts';

/** Which movies are listed in the table and the gallery. */
export const MOVIE_FILTERS = ['all', 'selected', 'unreviewed', 'accepted', 'rejected'] as const;
export type MovieFilter = (typeof MOVIE_FILTERS)[number];

/** Whether a movie is listed. Without a selection, `selected` lists all. */
export function isListed(
  series: Series,
  index: number,
  filter: MovieFilter,
  selection: Selection | null,
): boolean {
  if (filter === 'all') return true;
  if (filter === 'selected') return selection === null || selection.mask[index] === 1;
  const verdict = series.verdict(index);
  return filter === 'unreviewed' ? verdict === null : verdict === filter;
}
