import { useEffect, useMemo, useRef, useState } from 'react';
import { isListed, type MovieFilter } from '../data/movie-filter.ts';
import { orderOf, type SortColumn } from '../data/order.ts';
import type { Selection } from '../data/selection.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';

/** Which movies are listed. */
export interface ListFilter {
  readonly picturesOnly: boolean;
  readonly filter: MovieFilter;
  readonly selection: Selection | null;
}

export interface SortBy {
  readonly column: SortColumn;
  readonly descending: boolean;
}

/**
 * Bases of the movies in the requested order. While the list is scrolled or under the pointer (`isFrozen`),
 * it does not change, so that nothing moves under the pointer. `newCount` is the number of movies that are
 * not listed yet; `showNew` adds them.
 */
export function useOrder(
  snapshot: SeriesSnapshot | null,
  sort: SortBy,
  isFrozen: boolean,
  { picturesOnly, filter, selection }: ListFilter,
) {
  const [showRequests, setShowRequests] = useState(0);
  const shownList = useRef<{ bases: string[]; sort: SortBy; showRequests: number; list: unknown } | null>(
    null,
  );
  const { column, descending } = sort;
  const series = snapshot?.series ?? null;
  const current = useMemo(() => {
    if (series === null) return [];
    const order = orderOf(series, { column, descending });
    const names: string[] = [];
    for (const i of order)
      if ((!picturesOnly || series.has(i, 'pictures')) && isListed(series, i, filter, selection))
        names.push(series.bases[i] ?? '');
    return names;
  }, [series, column, descending, picturesOnly, filter, selection]);
  // With a different selection or filter, the list is a new one, which is not frozen.
  const list = filter === 'selected' ? selection : filter;
  const previous = shownList.current;
  const keepsList =
    isFrozen &&
    previous !== null &&
    previous.bases.length > 0 &&
    previous.showRequests === showRequests &&
    previous.list === list &&
    previous.sort.column === column &&
    previous.sort.descending === descending;
  const bases = keepsList ? previous.bases : current;
  useEffect(() => {
    shownList.current = { bases, sort: { column, descending }, showRequests, list };
  });
  return {
    bases,
    newCount: keepsList ? Math.max(0, current.length - bases.length) : 0,
    showNew: () => setShowRequests((n) => n + 1),
  };
}
