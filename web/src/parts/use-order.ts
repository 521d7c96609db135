import { useEffect, useMemo, useRef, useState } from 'react';
import type { MetricKey } from '../data/metrics.ts';
import { orderOf } from '../data/order.ts';
import type { SeriesSnapshot } from '../live/session-feed.ts';

export interface SortBy {
  readonly column: MetricKey | 'seq' | 'finishedAt' | 'base';
  readonly descending: boolean;
}

/**
 * Names of the movies in the wanted order. While the reader is scrolled away from the top (`frozen`), the list stays as it is,
 * so that nothing moves under the pointer; `fresh` says how many movies wait, `show` lets them in.
 */
export function useOrder(
  snapshot: SeriesSnapshot | null,
  sort: SortBy,
  frozen: boolean,
  picturesOnly: boolean,
) {
  const [asked, setAsked] = useState(0);
  const held = useRef<{ bases: string[]; sort: SortBy; asked: number } | null>(null);
  const { column, descending } = sort;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the version says that the store changed
  const current = useMemo(() => {
    if (snapshot === null) return [];
    const order = orderOf(snapshot.store, { column, descending });
    const { bases } = snapshot.store;
    const names: string[] = [];
    for (const i of order) if (!picturesOnly || snapshot.store.has(i, 'pictures')) names.push(bases[i]!);
    return names;
  }, [snapshot?.store, snapshot?.version, column, descending, picturesOnly]);
  const before = held.current;
  const keep =
    frozen &&
    before !== null &&
    before.bases.length > 0 &&
    before.asked === asked &&
    before.sort.column === column &&
    before.sort.descending === descending;
  const bases = keep ? before.bases : current;
  useEffect(() => {
    held.current = { bases, sort: { column, descending }, asked };
  });
  return {
    bases,
    fresh: keep ? Math.max(0, current.length - bases.length) : 0,
    show: () => setAsked((n) => n + 1),
  };
}
