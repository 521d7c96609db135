import type { Selection } from './selection.ts';
import type { Series } from './series.ts';

/** Which movies are listed in the table and the gallery. */
export const MOVIE_FILTERS = ['all', 'selected', 'unreviewed', 'accepted', 'rejected'] as const;
export type MovieFilter = (typeof MOVIE_FILTERS)[number];

/** Whether a movie is listed. Without a selection, `selected` lists all. */
export function isShown(
  store: Series,
  index: number,
  filter: MovieFilter,
  selection: Selection | null,
): boolean {
  if (filter === 'all') return true;
  if (filter === 'selected') return selection === null || selection.mask[index] === 1;
  const verdict = store.verdict(index);
  return filter === 'unreviewed' ? verdict === null : verdict === filter;
}

/** Images that the movie view can show in place of micrograph and power spectrum. */
export const MOVIE_PICTURES = ['combined', 'gainPicture'] as const;
export type MoviePicture = (typeof MOVIE_PICTURES)[number];
