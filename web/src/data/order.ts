import { COLUMN_FLAGS } from '../../../src/contract/columns.ts';
import type { MetricKey } from './metrics.ts';
import type { Series } from './series.ts';

const VERDICTS = COLUMN_FLAGS.accepted | COLUMN_FLAGS.rejected;
export type SortColumn = MetricKey | 'seq' | 'finishedAt' | 'base' | 'verdict';

/** Indices of the movies sorted by a column; movies without a value come last either way. */
export function orderOf(store: Series, sort: { column: SortColumn; descending: boolean }): number[] {
  const order = Array.from({ length: store.size }, (_, i) => i);
  const sign = sort.descending ? -1 : 1;
  const { column } = sort;
  if (column === 'seq') return sort.descending ? order.reverse() : order;
  if (column === 'base') return order.sort((a, b) => sign * (store.bases[a]! < store.bases[b]! ? -1 : 1));
  if (column === 'verdict') {
    const rank = (index: number) => store.flags[index]! & VERDICTS;
    return order.sort((a, b) => sign * (rank(a) - rank(b)) || a - b);
  }
  const values = column === 'finishedAt' ? store.figures.finishedAtMs : store.column(column);
  return order.sort((a, b) => {
    const x = values[a]!;
    const y = values[b]!;
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return sign * (x - y) || a - b;
  });
}
