import { useEffect, useMemo, useRef, useState } from 'react';
import { orderOf, type SortColumn } from '../data/order.ts';
import type { Selection } from '../data/selection.ts';
import { isShown, type Shown } from '../data/shown.ts';
import type { SeriesSnapshot } from '../state/session-feed.ts';

/** Which movies are listed. */
export interface ListFilter {
  readonly picturesOnly: boolean;
  readonly shown: Shown;
  readonly selection: Selection | null;
}

export interface SortBy {
  readonly column: SortColumn;
  readonly descending: boolean;
}

/**
 * Bases of the movies in the wanted order. While the list is scrolled or pointed at (`frozen`), it stays as
 * it is, so that nothing moves under the pointer; `fresh` is the number of movies that are held back, `show`
 * adds them.
 */
export function useOrder(
  snapshot: SeriesSnapshot | null,
  sort: SortBy,
  frozen: boolean,
  { picturesOnly, shown, selection }: ListFilter,
) {
  const [asked, setAsked] = useState(0);
  const held = useRef<{ bases: string[]; sort: SortBy; asked: number; list: unknown } | null>(null);
  const { column, descending } = sort;
  const store = snapshot?.store ?? null;
  const current = useMemo(() => {
    if (store === null) return [];
    const order = orderOf(store, { column, descending });
    const names: string[] = [];
    for (const i of order)
      if ((!picturesOnly || store.has(i, 'pictures')) && isShown(store, i, shown, selection))
        names.push(store.bases[i] ?? '');
    return names;
  }, [store, column, descending, picturesOnly, shown, selection]);
  // Another selection or filter makes another list, which is not frozen.
  const list = shown === 'selected' ? selection : shown;
  const before = held.current;
  const keep =
    frozen &&
    before !== null &&
    before.bases.length > 0 &&
    before.asked === asked &&
    before.list === list &&
    before.sort.column === column &&
    before.sort.descending === descending;
  const bases = keep ? before.bases : current;
  useEffect(() => {
    held.current = { bases, sort: { column, descending }, asked, list };
  });
  return {
    bases,
    fresh: keep ? Math.max(0, current.length - bases.length) : 0,
    show: () => setAsked((n) => n + 1),
  };
}
